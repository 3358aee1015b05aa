import LLMWorkerCore
import Testing

@Suite("Think tag filter")
struct ThinkTagFilterTests {
    static let texts = [
        ("Hello", "Hello"), ("<think>hm</think>Hello", "Hello"), ("<think>hm</think>\n\n Hello", "Hello"),
        (" <think>x</think> y", "  y"),
        ("A<think>x</think> B<think>y</think> C", "A B C"), ("<think>never ends", ""),
        ("1 < 2 <thin", "1 < 2 <thin"), ("a<think>", "a"), ("<<think>x</think>>", "<>"), ("</think>Hi", "</think>Hi"),
        ("<think></think>", ""), ("<think><think></think>x", "x"), ("<THINK>x", "<THINK>x"),
        ("🦊<think>🦊</think>🦊", "🦊🦊"),
    ]

    @Test("takes thoughts out of a whole text", arguments: Self.texts)
    func whole(text: String, expected: String) {
        var filter = ThinkTagFilter()
        let spoken = filter.receive(text)
        #expect(spoken + filter.endOfText() == expected)
    }

    @Test("takes the same out when the text comes letter by letter", arguments: Self.texts)
    func letters(text: String, expected: String) {
        var filter = ThinkTagFilter()
        var spoken = ""
        for letter in text { spoken += filter.receive(String(letter)) }
        #expect(spoken + filter.endOfText() == expected)
    }

    @Test("text that cannot become a tag is not held back")
    func noDelay() {
        var filter = ThinkTagFilter()
        #expect(filter.receive("Hello <b>") == "Hello <b>")
        #expect(filter.receive("so <th") == "so ")
        #expect(filter.receive("at") == "<that")
    }
}
