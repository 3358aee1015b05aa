import Testing

@testable import Conversation

@Suite("History")
struct HistoryTests {
    let one = Generation(1)
    let two = Generation(2)
    let call = ToolCall(id: "t1", name: "find", inputJSON: "{}")

    func use(_ id: String) -> Message.Content { .toolUse(id: id, name: "find", inputJSON: "{}") }
    func result(_ id: String, _ content: String, isError: Bool = false) -> Message.Content {
        .toolResult(id: id, content: content, isError: isError)
    }

    @Test("A greeting is preceded by a user message")
    func greeting() {
        var history = History()
        #expect(history.messages().isEmpty)
        #expect(history.request() == [.user("[call connected]")])
        history.agentBegan(one, "Hello.")
        #expect(history.messages() == [.user("[call connected]"), .assistant("Hello.")])
        #expect(history.request().last == .user("[continue]"))
    }

    @Test("Texts of one role become one, users' by lines, the agent's by spaces")
    func merging() {
        var history = History()
        history.callerSaid("Book a table.", spokeOver: false)
        history.callerSaid("For two.", spokeOver: false)
        history.agentBegan(one, "Done.")
        history.agentBegan(two, "Anything else? ")
        #expect(history.messages() == [.user("Book a table.\nFor two."), .assistant("Done. Anything else?")])
    }

    @Test("What was not heard leaves no trace, and what cut it off is marked")
    func cut() {
        var history = History()
        history.callerSaid("Hi.", spokeOver: false)
        history.agentBegan(one, "We have Monday")
        history.agentWentOn(one, " and Tuesday.")
        history.agentWasCut(one, to: "We have")
        history.callerSaid("Stop.", spokeOver: true)
        #expect(
            history.messages() == [.user("Hi."), .assistant("We have"), .user("[caller spoke over you] Stop.")]
        )
        history.agentWasCut(one, to: "")
        #expect(history.messages() == [.user("Hi.\n[caller spoke over you] Stop.")])
    }

    @Test("Results come first in the message behind their calls, in one message, missing ones as errors")
    func tools() {
        var history = History()
        history.callerSaid("Find.", spokeOver: false)
        history.agentBegan(one, "Let me see.")
        history.called([call, ToolCall(id: "t2", name: "find", inputJSON: "{}")])
        history.callerSaid("And hurry.", spokeOver: true)
        history.answered("t1", content: "", isError: false)
        history.answered("t1", content: "late", isError: false)
        #expect(
            history.messages() == [
                .user("Find."),
                Message(role: .assistant, content: [.text("Let me see."), use("t1"), use("t2")]),
                Message(
                    role: .user,
                    content: [
                        result("t1", "(empty)"), result("t2", History.unanswered, isError: true),
                        .text("[caller spoke over you] And hurry."),
                    ]
                ),
            ]
        )
    }

    @Test("What is said in place of another generation stands behind it")
    func insertion() {
        var history = History()
        history.agentBegan(one, "Hello.")
        history.called([call])
        history.agentBegan(two, "How are you?", after: one)
        #expect(history.messages()[1].content == [.text("Hello. How are you?"), use("t1")])
        history.renumbered(two, as: Generation(3))
        history.agentWasCut(Generation(3), to: "")
        #expect(history.messages()[1].content == [.text("Hello."), use("t1")])
    }

    @Test("The oldest turns are dropped whole, the last never")
    func trimming() {
        var history = History()
        history.agentBegan(one, String(repeating: "a", count: 100))
        history.callerSaid("first", spokeOver: false)
        history.called([call])
        history.answered("t1", content: String(repeating: "b", count: 100), isError: false)
        history.callerSaid("second", spokeOver: false)
        history.trim(toBytes: 120)
        #expect(history.messages().first == .user("first"))
        history.trim(toBytes: 50)
        #expect(history.messages() == [.user("second")])
        history.trim(toBytes: 0)
        #expect(history.messages() == [.user("second")])
    }
}
