import DeepgramConnection
import NIOCore
import NIOEmbedded
import Testing

@Suite struct TimerTableTests {
    private final class Fired {
        var names: [String] = []
    }

    @Test func timersFireOnceAndInOrder() {
        let loop = EmbeddedEventLoop()
        let fired = Fired()
        let table = TimerTable<String>(eventLoop: loop) { fired.names.append($0) }
        table.set("late", milliseconds: 20)
        table.set("early", milliseconds: 10)
        loop.advanceTime(by: .milliseconds(9))
        #expect(fired.names.isEmpty)
        loop.advanceTime(by: .milliseconds(100))
        #expect(fired.names == ["early", "late"])
        #expect(table.isEmpty)
    }

    @Test func settingReplacesAndCancellingForgets() {
        let loop = EmbeddedEventLoop()
        let fired = Fired()
        let table = TimerTable<String>(eventLoop: loop) { fired.names.append($0) }
        table.set("a", milliseconds: 10)
        table.set("a", milliseconds: 30)
        table.set("b", milliseconds: 10)
        table.cancel("b")
        loop.advanceTime(by: .milliseconds(20))
        #expect(fired.names.isEmpty)
        loop.advanceTime(by: .milliseconds(10))
        #expect(fired.names == ["a"])
        table.set("c", milliseconds: 10)
        table.cancelAll()
        loop.advanceTime(by: .milliseconds(10))
        #expect(fired.names == ["a"])
    }
}
