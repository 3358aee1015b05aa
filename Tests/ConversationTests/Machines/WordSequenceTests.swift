import Testing

@testable import Conversation

@Suite("Words")
struct WordSequenceTests {
    @Test(
        "What is left behind a beginning",
        arguments: [
            ("book a table", "Book a table, for two.", "for two."),
            ("book a table", "Book, a", ""),
            ("book a table", "cook a table", nil),
            ("", "anything", "anything"),
            ("yes", "", ""),
            ("yes", "- Yes! No.", "No."),
        ] as [(String, String, String?)]
    )
    func remainder(words: String, text: String, rest: String?) {
        #expect(WordSequence(words).remainder(of: text) == rest)
    }

    @Test("A text is cut to bytes at a character")
    func prefixBytes() {
        #expect("abc".prefix(bytes: 3) == "abc")
        #expect("äöü".prefix(bytes: 3) == "ä")
        #expect("äöü".prefix(bytes: 4) == "äö")
        #expect("abc".prefix(bytes: 0) == "")
    }
}
