import Testing

@testable import Conversation

@Suite("Silence")
struct SilenceTests {
    @Test("A silent caller is asked, then the call ends with a goodbye")
    func noInput() {
        let call = CallWorld { $0.turn.noInputPrompts = ["Are you still there?", "Hello?"] }
        call.start()
        call.run { call.conversation.isEnded }
        #expect(
            call.transcript == [
                "agent: Hello, how can I help?", "agent: Are you still there?", "agent: Hello?", "agent: Goodbye.",
            ]
        )
        #expect(call.end == .noInput)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("The question comes after the silence, measured from what was heard last")
    func time() {
        let call = CallWorld()
        call.startAndGreet()
        let start = call.now
        call.run { call.facts.contains(.noInput(count: 1)) }
        #expect(call.now - start == 10_000)
    }

    @Test("An answer to the question begins anew, be it a backchannel")
    func answer() {
        let call = CallWorld()
        call.answers = [.says("Good.")]
        call.startAndGreet()
        call.run { call.facts.contains(.noInput(count: 1)) }
        call.run(400)
        call.callerSays("Yeah.")
        #expect(call.requests.count == 1)
        call.run(limit: 30_000) { call.facts.filter { $0 == .noInput(count: 1) }.count == 2 }
        #expect(!call.conversation.isEnded)
        #expect(call.facts.filter { $0 == .noInput(count: 1) }.count == 2)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A caller who speaks during the goodbye keeps the call up")
    func goodbyeCutOff() {
        let call = CallWorld { $0.turn.noInputPrompts = [] }
        call.startAndGreet()
        call.run { call.conversation.closing != nil }
        call.run(300)
        call.callerSays("I am here!")
        #expect(call.conversation.closing == nil)
        #expect(call.requests.count == 1)
    }

    @Test("Voice without words puts the question off once")
    func voiceWithoutWords() {
        let call = CallWorld()
        call.startAndGreet()
        let start = call.now
        call.run(9_000)
        call.send(.voiceActivity(.started))
        call.run { call.facts.contains(.noInput(count: 1)) }
        #expect(call.now - start == 20_000)
    }

    @Test("Without a limit a silent caller is left alone")
    func unlimited() {
        let call = CallWorld { $0.turn.noInput = nil }
        call.startAndGreet()
        call.run(600_000)
        #expect(!call.conversation.isEnded)
        #expect(call.transcript == ["agent: Hello, how can I help?"])
        #expect(call.checker.violations.isEmpty)
    }
}
