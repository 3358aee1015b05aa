import Testing

@testable import GatewayCore

@Suite struct FenceTests {
    @Test func `Audio is let through between begin and end of what was asked for`() {
        var fence = SpeechFence()
        fence.ask(1, isPrepared: false)
        #expect(fence.current == nil)
        #expect(fence.begin(1) == true)
        #expect(fence.current == 1)
        #expect(fence.end(1) == true)
        #expect(fence.current == nil)
        #expect(fence.end(1) == false)
    }

    @Test func `Late audio of a cancelled speech is dropped`() {
        var fence = SpeechFence()
        fence.ask(1, isPrepared: false)
        _ = fence.begin(1)
        fence.cancel(1)
        #expect(fence.current == nil)
        fence.ask(2, isPrepared: false)
        #expect(fence.current == nil)
        #expect(fence.end(1) == false)
        #expect(fence.begin(1) == false)
        #expect(fence.current == nil)
        #expect(fence.begin(2) == true)
        #expect(fence.current == 2)
    }

    @Test func `A lost session fails only a fixed sentence by itself`() {
        var fence = SpeechFence()
        fence.ask(1, isPrepared: false)
        #expect(fence.sessionLost() == nil)
        fence.ask(2, isPrepared: true)
        #expect(fence.sessionLost() == 2)
        #expect(fence.asked == nil)
    }

    @Test func `Only the reply that was asked for is let through`() {
        var fence = ReplyFence()
        fence.begin(1)
        #expect(fence.current == nil)
        fence.ask(2)
        #expect(!fence.isWanted(1))
        fence.begin(2)
        #expect(fence.current == 2)
        fence.cancel(2)
        #expect(fence.current == nil)
        fence.ask(3)
        fence.begin(3)
        fence.end(3)
        #expect(fence.current == nil)
        #expect(fence.asked == nil)
    }
}
