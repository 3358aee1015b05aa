import Testing

@testable import Conversation

@Suite("Tools")
struct ToolTests {
    let find = ToolCall(id: "t1", name: "find", inputJSON: "{\"day\":1}")
    let book = ToolCall(id: "t2", name: "book", inputJSON: "{}")

    func world(_ change: (inout ConversationSettings) -> Void = { _ in }) -> CallWorld {
        let call = CallWorld { settings in
            settings.tools = [
                ToolSettings(name: "find"), ToolSettings(name: "book", hasEffect: true),
                ToolSettings(name: "end_call", kind: .endCall),
                ToolSettings(name: "transfer_call", kind: .transferCall(destination: "+441632960009")),
            ]
            change(&settings)
        }
        call.startAndGreet()
        return call
    }

    func finish(_ call: CallWorld) {
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
    }

    func results(_ message: Message?) -> [Message.Content] { message?.content ?? [] }

    @Test("Parallel calls run together and are answered in one message, behind what was said before")
    func parallel() {
        let call = world()
        call.answers = [.calls([find, book], saying: "Let me see."), .says("Booked.")]
        call.toolAnswers = ["find": .init(content: "free", latency: 600), "book": .init(content: "no", isError: true)]
        call.callerSays("Book it.")
        call.run { call.requests.count == 2 }
        #expect(call.count { $0 == .runTool(find, idempotencyKey: "CA1:t1") } == 1)
        #expect(call.count { $0 == .runTool(book, idempotencyKey: "CA1:t2") } == 1)
        #expect(
            call.lastRequest.suffix(2) == [
                Message(
                    role: .assistant,
                    content: [
                        .text("Let me see."), .toolUse(id: "t1", name: "find", inputJSON: "{\"day\":1}"),
                        .toolUse(id: "t2", name: "book", inputJSON: "{}"),
                    ]
                ),
                Message(
                    role: .user,
                    content: [
                        .toolResult(id: "t1", content: "free", isError: false),
                        .toolResult(id: "t2", content: "no", isError: true),
                    ]
                ),
            ]
        )
        finish(call)
        #expect(call.transcript.suffix(2) == ["agent: Let me see.", "agent: Booked."])
        #expect(call.facts.contains(.toolAnswered(turn: 1, id: "t2", outcome: .error)))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Calls of a reply that fails are not run")
    func failedReply() {
        let call = world()
        var answer = CallWorld.Answer.calls([book])
        answer.failure = Failure("unavailable")
        call.answers = [answer, .says("Sorry?")]
        call.callerSays("Book it.")
        finish(call)
        #expect(call.count { if case .runTool = $0 { true } else { false } } == 0)
        #expect(call.transcript.last == "agent: Sorry?")
    }

    @Test("An unknown tool is answered with an error")
    func unknown() {
        let call = world()
        call.answers = [.calls([ToolCall(id: "x", name: "fly", inputJSON: "{}")]), .says("I cannot.")]
        call.callerSays("Fly.")
        finish(call)
        #expect(call.count { if case .runTool = $0 { true } else { false } } == 0)
        #expect(
            results(call.lastRequest.last) == [
                .toolResult(id: "x", content: "There is no tool of this name.", isError: true)
            ]
        )
        #expect(call.transcript.last == "agent: I cannot.")
    }

    @Test("A tool that does not answer is answered for, and a filler covers the wait")
    func deadline() {
        let call = world()
        call.answers = [.calls([find]), .says("It takes too long.")]
        call.callerSays("Find it.")
        finish(call)
        #expect(call.facts.contains(.toolAnswered(turn: 1, id: "t1", outcome: .timedOut)))
        #expect(
            call.transcript.suffix(3) == [
                "agent: One moment, please.", "agent: One moment, please.", "agent: It takes too long.",
            ]
        )
        #expect(call.send(.toolResult(id: "t1", content: "late", isError: false)).isEmpty)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Tools are called at most so often for one turn")
    func rounds() {
        let call = world { $0.limits.toolRounds = 2 }
        call.toolAnswers = ["find": .init(content: "more")]
        call.answers = (0..<6).map { _ in .calls([find]) }
        call.callerSays("Find it.")
        finish(call)
        #expect(call.count { if case .runTool = $0 { true } else { false } } == 2)
        #expect(call.requests.count == 4)
        #expect(call.transcript.last == "agent: I'm sorry, something went wrong. Please say that again.")
        // The provider's ids were all the same; the history's are not.
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Large results share the room there is")
    func largeResults() {
        let call = world { $0.limits.toolResultBytes = 10 }
        call.answers = [.calls([find, book]), .says("Done.")]
        call.toolAnswers = ["find": .init(content: "123456789"), "book": .init(content: "ok")]
        call.callerSays("Go.")
        finish(call)
        #expect(results(call.lastRequest.last).first == .toolResult(id: "t1", content: "12345", isError: false))
    }

    @Test("A caller who cuts in drops read-only tools; those with effects finish, results before the words")
    func cutIn() {
        let call = world()
        call.answers = [.calls([find, book], saying: "Let me see."), .says("Booked for two.")]
        call.toolAnswers = ["book": .init(content: "booked", latency: 5_000)]
        call.callerSays("Book it.")
        call.run { call.conversation.isAgentAudible }
        call.run(200)
        call.callerSays("For two please.")
        #expect(call.facts.contains(.toolAnswered(turn: 2, id: "t1", outcome: .cancelled)))
        #expect(call.requests.count == 1)
        call.run { call.requests.count == 2 }
        #expect(call.count { if case .runTool = $0 { true } else { false } } == 2)
        #expect(
            results(call.lastRequest.last) == [
                .toolResult(id: "t1", content: History.unanswered, isError: true),
                .toolResult(id: "t2", content: "booked", isError: false), .text("For two please."),
            ]
        )
        finish(call)
        #expect(call.transcript.last == "agent: Booked for two.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A false interruption leaves tools at work, and the reply goes on with their results")
    func falseInterruption() {
        let call = world()
        call.answers = [.calls([find], saying: "Let me look that up for you now."), .says("It is free.")]
        call.toolAnswers = ["find": .init(content: "free", latency: 800)]
        call.callerSays("Is it free?")
        call.run { call.conversation.isAgentAudible }
        call.run(600)
        call.send(.stt(.interim("uh")))
        call.run(1_000)
        #expect(call.requests.count == 1)
        finish(call)
        #expect(
            call.transcript.suffix(3) == [
                "agent: Let me --", "agent: look that up for you now.", "agent: It is free.",
            ]
        )
        #expect(call.requests.count == 2)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A goodbye of the model is heard before the hang-up")
    func endCall() {
        let call = world()
        call.answers = [.calls([ToolCall(id: "e", name: "end_call", inputJSON: "{}")], saying: "See you on Monday.")]
        call.callerSays("Bye.")
        call.run { call.conversation.isEnded }
        #expect(call.transcript.last == "agent: See you on Monday.")
        #expect(call.end == .agentHungUp)
        #expect(call.effects.last?.effect == .hangUp)
        #expect(call.heard(Generation(2)) == 15 * 80)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Without words of the model a fixed goodbye is said")
    func silentEndCall() {
        let call = world()
        call.answers = [.calls([ToolCall(id: "e", name: "end_call", inputJSON: "")])]
        call.callerSays("Bye.")
        call.run { call.conversation.isEnded }
        #expect(call.transcript.last == "agent: Goodbye.")
    }

    @Test("The hang-up comes even if no mark ever returns, two seconds after the audio")
    func noMarks() {
        let call = world()
        call.returnsMarks = false
        call.answers = [.calls([ToolCall(id: "e", name: "end_call", inputJSON: "")])]
        call.callerSays("Bye.")
        call.run { call.conversation.isEnded }
        let sent = call.played.last { $0.milliseconds > 0 }
        #expect(call.end == .agentHungUp)
        #expect(sent.map { call.now - $0.end } == 2_000)
        #expect(call.facts.contains { if case .speechFinished(_, _, confirmed: false) = $0 { true } else { false } })
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A long goodbye is heard to its end, and a broken stream does not hold the hang-up up")
    func longGoodbye() {
        let end = ToolCall(id: "e", name: "end_call", inputJSON: "{}")
        let whole = world()
        whole.answers = [.calls([end], saying: String(repeating: "Goodbye. ", count: 25))]
        whole.callerSays("Bye.")
        whole.run { whole.conversation.isEnded }
        #expect(whole.heard(Generation(2)) == 25 * 8 * 80)
        let broken = world()
        broken.answers = [.calls([end], saying: String(repeating: "Goodbye. ", count: 25))]
        broken.callerSays("Bye.")
        broken.run { broken.conversation.isAgentAudible }
        broken.sendsMedia = false
        let start = broken.now
        broken.run { broken.conversation.isEnded }
        #expect(broken.now - start < 8_000)
        for call in [whole, broken] {
            #expect(call.end == .agentHungUp)
            #expect(call.checker.violations.isEmpty)
        }
    }

    @Test("A transfer follows its sentence")
    func transfer() {
        let call = world()
        call.answers = [.calls([ToolCall(id: "x", name: "transfer_call", inputJSON: "{}")])]
        call.callerSays("A human, please.")
        call.run { call.conversation.isEnded }
        #expect(call.transcript.last == "agent: One moment, I'm putting you through.")
        #expect(call.effects.last?.effect == .transfer(destination: "+441632960009"))
        #expect(call.end == .transferred(destination: "+441632960009"))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A caller who speaks on keeps the call up; a farewell does not")
    func keptUp() {
        let call = world()
        let end = ToolCall(id: "e", name: "end_call", inputJSON: "{}")
        call.answers = [.calls([end], saying: "Goodbye and have a nice day."), .says("Monday at nine.")]
        call.callerSays("Bye.")
        call.run { call.conversation.isAgentAudible }
        call.run(500)
        call.send(.stt(.interim("thank you bye")))
        #expect(call.conversation.closing != nil)
        call.run(300)
        call.callerSays("Wait, when?")
        #expect(call.conversation.closing == nil)
        #expect(
            call.lastRequest.last?.content == [
                .toolResult(id: "e", content: History.unanswered, isError: true),
                .text("[caller spoke over you] Wait, when?"),
            ]
        )
        finish(call)
        #expect(call.transcript.last == "agent: Monday at nine.")
        #expect(!call.conversation.isEnded)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A goodbye cut off by noise is said to its end, then the call ends")
    func noisyGoodbye() {
        let call = world()
        let end = ToolCall(id: "e", name: "end_call", inputJSON: "{}")
        call.answers = [.calls([end], saying: "Goodbye and have a nice day.")]
        call.callerSays("Bye.")
        call.run { call.conversation.isAgentAudible }
        call.run(900)
        call.send(.stt(.interim("uh")))
        call.run { call.conversation.isEnded }
        #expect(call.transcript.suffix(2) == ["agent: Goodbye and --", "agent: have a nice day."])
        #expect(call.end == .agentHungUp)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A tool with effects that was called with the goodbye finishes before the hang-up")
    func effectBeforeEnd() {
        let call = world()
        let end = ToolCall(id: "e", name: "end_call", inputJSON: "{}")
        call.answers = [.calls([book, end], saying: "Bye.")]
        call.toolAnswers = ["book": .init(content: "booked", latency: 4_000)]
        call.callerSays("Book it and bye.")
        call.run { call.conversation.isEnded }
        #expect(call.facts.contains(.toolAnswered(turn: 1, id: "t2", outcome: .result)))
        #expect(call.checker.violations.isEmpty)
    }
}
