import Testing

@testable import Conversation

@Suite("Turns of the caller")
struct TurnTests {
    @Test("Finals are joined and the turn is answered once, whatever ends it again")
    func joined() {
        let call = CallWorld()
        call.answers = [.says("Thank you.")]
        call.startAndGreet()
        call.send(.stt(.final("My number is 555")))
        call.run(500)
        call.send(.stt(.final("1234.")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        call.run(1_000)
        call.send(.stt(.endOfTurn(.utteranceEnd)))
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.requests.count == 1)
        #expect(call.lastRequest.last == .user("My number is 555 1234."))
        #expect(call.transcript.last == "agent: Thank you.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A quiet provider is asked after the backstop, and not waited for beyond the deadline")
    func backstop() {
        let call = CallWorld()
        call.startAndGreet()
        let start = call.now
        call.send(.stt(.interim("is anyone")))
        call.run(limit: 10_000) { !call.requests.isEmpty }
        #expect(call.time { $0 == .finalizeTranscript } == start + 1_500)
        #expect(call.time { if case .generate = $0 { true } else { false } } == start + 2_200)
        #expect(call.lastRequest.last == .user("is anyone"))
        // The settlement comes at last, and is known.
        call.send(.stt(.final("Is anyone?")))
        call.send(.stt(.endOfTurn(.finalize)))
        #expect(call.requests.count == 1)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A settlement that was asked for ends the turn at once")
    func finalized() {
        let call = CallWorld()
        call.startAndGreet()
        call.send(.stt(.interim("is anyone")))
        call.run { call.count { $0 == .finalizeTranscript } == 1 }
        call.send(.stt(.final("Is anyone there?")))
        #expect(call.lastRequest.last == .user("Is anyone there?"))
        #expect(call.facts.contains { if case .turnCommitted(1, _, .finalized, _) = $0 { true } else { false } })
    }

    @Test("Words while the model thinks are merged with the turn: one reply for both")
    func merged() {
        let call = CallWorld()
        call.answers = [.says("Wrong."), .says("A table for two on Monday.")]
        call.startAndGreet()
        call.callerSays("Book a table.")
        call.run(100)
        let effects = call.send(.stt(.interim("for two")))
        #expect(effects.first == .cancelGeneration(Generation(2)))
        #expect(!effects.contains(.clear))
        // What the old generation still says is of no interest.
        #expect(call.send(.llm(.text(Generation(2), "Wrong."))).isEmpty)
        call.run(300)
        call.send(.stt(.final("For two.")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.lastRequest.last == .user("Book a table.\nFor two."))
        #expect(call.transcript.suffix(1) == ["agent: A table for two on Monday."])
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Noise while the model thinks costs a new request, not the reply")
    func noiseWhileThinking() {
        let call = CallWorld()
        call.startAndGreet()
        call.callerSays("Book a table.")
        call.send(.stt(.interim("shh")))
        call.answers = [.says("Done.")]
        call.send(.stt(.final("")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.requests.count == 2)
        #expect(call.requests[0] == call.requests[1])
        #expect(call.transcript.last == "agent: Done.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Words during a protected greeting wait for nothing but its end")
    func protectedGreeting() {
        let call = CallWorld { $0.turn.bargeIn.protectsGreeting = true }
        call.answers = [.says("Sure.")]
        call.start()
        call.run(500)
        call.callerSays("Book a table.")
        #expect(call.requests.count == 1)
        #expect(call.count { $0 == .clear } == 0)
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.transcript == ["caller: Book a table.", "agent: Hello, how can I help?", "agent: Sure."])
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Without barge-in a second turn is answered after the first reply")
    func heldTurn() {
        let call = CallWorld { $0.turn.bargeIn.isEnabled = false }
        call.answers = [.says("Wait, I am still looking for a table.", latency: 200), .says("For three then.")]
        call.startAndGreet()
        call.callerSays("Book a table.")
        call.run { call.conversation.isAgentAudible }
        call.answers.insert(.says("never"), at: 1)
        call.answers.remove(at: 1)
        call.callerSays("For three.")
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.count { $0 == .clear } == 0)
        #expect(call.requests.count == 2)
        #expect(
            call.transcript.suffix(4) == [
                "caller: Book a table.", "caller: For three.", "agent: Wait, I am still looking for a table.",
                "agent: For three then.",
            ]
        )
        #expect(call.checker.violations.isEmpty)
    }
}
