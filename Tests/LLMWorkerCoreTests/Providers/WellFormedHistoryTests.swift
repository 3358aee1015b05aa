import JSONText
import LLMWorkerCore
import SeededTesting
import Testing
import WorkerProtocol

@Suite("Well-formed history")
struct WellFormedHistoryTests {
    typealias Content = LanguageModelMessage.Content

    private static func user(_ content: Content...) -> LanguageModelMessage {
        LanguageModelMessage(role: .user, content: content)
    }

    private static func agent(_ content: Content...) -> LanguageModelMessage {
        LanguageModelMessage(role: .assistant, content: content)
    }

    private static func use(_ id: String, name: String = "t") -> Content { .toolUse(id: id, name: name, input: [:]) }

    private static func result(_ id: String, _ text: String = "ok") -> Content {
        .toolResult(id: id, content: text, isError: false)
    }

    private static func missing(_ id: String) -> Content {
        .toolResult(id: id, content: WellFormedHistory.missingResult, isError: true)
    }

    static let cases: [(String, [LanguageModelMessage], [LanguageModelMessage])] = [
        ("nothing said yet", [], [user(.text("[call connected]"))]),
        (
            "plain turns", [user(.text("a")), agent(.text("b")), user(.text("c"))],
            [user(.text("a")), agent(.text("b")), user(.text("c"))]
        ),
        (
            "the agent greets first", [agent(.text("Hello")), user(.text("Hi"))],
            [user(.text("[call connected]")), agent(.text("Hello")), user(.text("Hi"))]
        ),
        (
            "the agent spoke last", [user(.text("a")), agent(.text("b"))],
            [user(.text("a")), agent(.text("b")), user(.text("[please go on]"))]
        ),
        ("two user turns become one", [user(.text("a")), user(.text("b"))], [user(.text("a\nb"))]),
        (
            "a dropped agent turn joins its neighbours", [user(.text("a")), agent(.text(" \n")), user(.text("b"))],
            [user(.text("a\nb"))]
        ),
        (
            "blank texts and empty messages are dropped",
            [user(.text("")), user(.text("a"), .text("  ")), agent(), user(.text("b"))], [user(.text("a\nb"))]
        ),
        (
            "the agent's text does not end in white space", [user(.text("a")), agent(.text("b \n")), user(.text("c"))],
            [user(.text("a")), agent(.text("b")), user(.text("c"))]
        ),
        (
            "results first, in the order of the calls, then the words",
            [user(.text("a")), agent(.text("x"), use("1"), use("2")), user(.text("hey"), result("2"), result("1"))],
            [user(.text("a")), agent(.text("x"), use("1"), use("2")), user(result("1"), result("2"), .text("hey"))]
        ),
        (
            "results in several messages become one message",
            [user(.text("a")), agent(use("1"), use("2")), user(result("1")), user(result("2")), user(.text("b"))],
            [user(.text("a")), agent(use("1"), use("2")), user(result("1"), result("2"), .text("b"))]
        ),
        (
            "a missing result is made", [user(.text("a")), agent(use("1"), use("2")), user(result("1"), .text("b"))],
            [user(.text("a")), agent(use("1"), use("2")), user(result("1"), missing("2"), .text("b"))]
        ),
        (
            "all missing results are made, at the end too", [user(.text("a")), agent(use("1"))],
            [user(.text("a")), agent(use("1")), user(missing("1"))]
        ),
        (
            "a result without its call is dropped",
            [user(.text("a")), agent(.text("b")), user(result("9"), .text("c"))],
            [user(.text("a")), agent(.text("b")), user(.text("c"))]
        ),
        (
            "a message of nothing but lost results is dropped",
            [user(.text("a")), agent(.text("b")), user(result("9")), agent(.text("c")), user(.text("d"))],
            [user(.text("a")), agent(.text("b\nc")), user(.text("d"))]
        ),
        (
            "a late result is dropped",
            [user(.text("a")), agent(use("1")), user(.text("b")), agent(.text("c")), user(result("1"), .text("d"))],
            [user(.text("a")), agent(use("1")), user(missing("1"), .text("b")), agent(.text("c")), user(.text("d"))]
        ),
        (
            "the first of two results counts",
            [user(.text("a")), agent(use("1")), user(result("1", "x"), result("1", "y"))],
            [user(.text("a")), agent(use("1")), user(result("1", "x"))]
        ),
        (
            "a repeated call is dropped", [user(.text("a")), agent(use("1"), use("1")), user(result("1"))],
            [user(.text("a")), agent(use("1")), user(result("1"))]
        ),
        (
            "the agent's words stand before its calls",
            [user(.text("a")), agent(use("1"), .text("b")), user(result("1"))],
            [user(.text("a")), agent(.text("b"), use("1")), user(result("1"))]
        ),
        (
            "ids, names and inputs are made legal",
            [user(.text("a")), agent(.toolUse(id: "a.b:1", name: "my tool", input: [1])), user(result("a.b:1", " "))],
            [
                user(.text("a")), agent(.toolUse(id: "a_b_1", name: "my_tool", input: [:])),
                user(result("a_b_1", "(no output)")),
            ]
        ),
        (
            "blocks on the wrong side are dropped",
            [user(.text("a"), use("1")), agent(result("1"), .text("b")), user(.text("c"))],
            [user(.text("a")), agent(.text("b")), user(.text("c"))]
        ),
    ]

    @Test("is what every provider accepts", arguments: Self.cases)
    func accepted(name: String, given: [LanguageModelMessage], expected: [LanguageModelMessage]) {
        #expect(WellFormedHistory(given).messages == expected)
    }

    @Test("a well-formed history stays as it is", arguments: Self.cases)
    func stable(name: String, given: [LanguageModelMessage], expected: [LanguageModelMessage]) {
        #expect(WellFormedHistory(expected).messages == expected)
    }

    @Test("random histories obey every rule", arguments: 0..<200)
    func randomHistories(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let blocks: [Content] = [
            .text("a"), .text(" "), .text("b "), Self.use("1"), Self.use("2"), Self.use("3"), Self.result("1"),
            Self.result("2"), Self.result("3"),
        ]
        let history = (0..<Int.random(in: 0..<9, using: &generator)).map { _ in
            LanguageModelMessage(
                role: Bool.random(using: &generator) ? .user : .assistant,
                content: (0..<Int.random(in: 0..<4, using: &generator)).compactMap { _ in
                    blocks.randomElement(using: &generator)
                }
            )
        }
        let messages = WellFormedHistory(history).messages
        #expect(messages.first?.role == .user && messages.last?.role == .user)
        for (before, after) in zip(messages, messages.dropFirst()) {
            #expect(before.role != after.role)
            let uses = before.content.compactMap { if case .toolUse(let id, _, _) = $0 { id } else { nil } }
            let results = after.content.prefix(uses.count).compactMap {
                if case .toolResult(let id, _, _) = $0 { id } else { nil }
            }
            #expect(uses == results)
            #expect(after.content.dropFirst(uses.count).allSatisfy { if case .toolResult = $0 { false } else { true } })
        }
        #expect(messages.allSatisfy { !$0.content.isEmpty && !$0.content.contains(.text(" ")) })
    }
}
