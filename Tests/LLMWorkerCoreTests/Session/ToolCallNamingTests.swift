import JSONText
import LLMWorkerCore
import SeededTesting
import Testing
import WorkerProtocol

@Suite("Tool call naming")
struct ToolCallNamingTests {
    private let history = WellFormedHistory([
        LanguageModelMessage(role: .assistant, content: [.toolUse(id: "call_0", name: "t", input: [:])])
    ])

    @Test("the provider's own id is kept if it is new")
    func kept() {
        var generator = SeededGenerator(seed: 1)
        var naming = ToolCallNaming(history: history)
        #expect(naming.uniqueID(for: "toolu_1", using: &generator) == "toolu_1")
        #expect(naming.uniqueID(for: "a.b", using: &generator) == "a_b")
    }

    @Test("an id that was used, or none, is replaced", arguments: ["call_0", "", "toolu_1"])
    func replaced(id: String) {
        var generator = SeededGenerator(seed: 1)
        var naming = ToolCallNaming(history: history)
        _ = naming.uniqueID(for: "toolu_1", using: &generator)
        let first = naming.uniqueID(for: id, using: &generator)
        let second = naming.uniqueID(for: id, using: &generator)
        #expect(Set([first, second, "call_0", "toolu_1", ""]).count == 5)
        #expect(WellFormedHistory.legalID(first) == first)
    }
}
