import Testing

@testable import Conversation

@Suite("Keys of the caller")
struct KeysTests {
    func press(_ keys: String, in call: CallWorld) {
        for key in keys {
            call.send(.dtmf(key))
            call.run(100)
        }
    }

    @Test("Keys cut the agent off and become a turn at the finish key")
    func finishKey() {
        let call = CallWorld()
        call.answers = [.says("Thank you.")]
        call.start()
        call.run(800)
        #expect(call.send(.dtmf("1")).first == .clear)
        press("234#", in: call)
        #expect(call.lastRequest.last == .user("[caller spoke over you] [keys pressed: 1234]"))
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.transcript.last == "agent: Thank you.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A pause makes them a turn")
    func pause() {
        let call = CallWorld()
        call.startAndGreet()
        press("12", in: call)
        call.run(1_800)
        #expect(call.requests.isEmpty)
        call.run(100)
        #expect(call.lastRequest.last == .user("[keys pressed: 12]"))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Words and keys make one turn")
    func wordsAndKeys() {
        let call = CallWorld()
        call.startAndGreet()
        call.send(.dtmf("1"))
        call.callerSays("My code is")
        #expect(call.requests.isEmpty)
        press("2", in: call)
        call.send(.stt(.final("that one")))
        press("#", in: call)
        #expect(call.lastRequest.last == .user("My code is\nthat one\n[keys pressed: 12]"))
        call.send(.stt(.endOfTurn(.speechFinal)))
        call.run(3_000)
        #expect(call.requests.count == 1)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Keys do not cut off a protected greeting, and are answered after it")
    func protectedGreeting() {
        let call = CallWorld { $0.turn.bargeIn.protectsGreeting = true }
        call.answers = [.says("Thank you.")]
        call.start()
        call.run(300)
        press("1#", in: call)
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.count { $0 == .clear } == 0)
        #expect(call.transcript.suffix(2) == ["agent: Hello, how can I help?", "agent: Thank you."])
        #expect(call.checker.violations.isEmpty)
    }
}
