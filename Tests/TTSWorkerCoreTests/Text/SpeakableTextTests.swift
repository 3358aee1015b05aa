import TTSWorkerCore
import Testing

@Suite struct SpeakableTextTests {
    /// Feeds the text in pieces of `size` scalars.
    private func spoken(_ text: String, size: Int = .max) -> String {
        var speakable = SpeakableText()
        var result = ""
        var piece = ""
        for scalar in text.unicodeScalars {
            piece.unicodeScalars.append(scalar)
            if piece.unicodeScalars.count >= size {
                result += speakable.append(piece)
                piece = ""
            }
        }
        result += speakable.append(piece)
        return result + speakable.finish()
    }

    static let cases: [(String, String)] = [
        ("Hello, how can I help?", "Hello, how can I help?"),
        ("It is **very** *good* and ***both***.", "It is very good and both."),
        ("__Bold__ and _italic_, snake_case_name.", "Bold and italic, snake case name."),
        ("Use `swift build` now.", "Use swift build now."),
        ("Before ```swift\nlet a = 1\n``` after.", "Before after."),
        ("See https://example.com/a_b?c=d#e.", "See link."),
        ("See www.example.com, or call.", "See link, or call."),
        ("(HTTP://EXAMPLE.COM) ok", "(link) ok"),
        ("Read [our page](https://example.com/(x)) now.", "Read our page now."),
        ("Read [1] and [https://example.com](https://example.com).", "Read 1 and link."),
        ("At <https://example.com> there.", "At link there."),
        ("A <b>bold</b> word<br/>.", "A bold word."),
        ("5 < 7 and 9 > 3", "5 < 7 and 9 > 3"),
        ("Great! 😀👍🏽 See you 👨‍👩‍👧.", "Great! See you ."),
        ("Flag 🇬🇧 and key 1️⃣ and ✓ done ™", "Flag and key 1 and done "),
        ("# Title\nText", "Title. Text"),
        ("Options:\n- Red\n- Blue\n\nWhich?", "Options: Red. Blue. Which?"),
        ("1. First\n2. Second", "1. First 2. Second"),
        ("* one\n* two", "one. two"),
        ("• one\n• two", "one. two"),
        ("> quoted\nmore", "quoted more"),
        ("One\n\nTwo.\n\nThree", "One. Two. Three"),
        ("soft\nwrap", "soft wrap"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b . 1 2 "),
        ("wait -- what", "wait — what"),
        ("a---b", "a b"),
        ("-5 degrees, +44 1632, C++", "-5 degrees, +44 1632, C++"),
        ("Item #5 and #tag", "Item number 5 and tag"),
        ("~5 minutes ~~not~~", "about 5 minutes not"),
        ("20° and 3 € & 50%", "20° and 3 € & 50%"),
        ("a → b", "a b"),
        ("he said: hello, who, www", "he said: hello, who, www"),
        ("a\u{0}b\u{AD}c", "abc"),
        ("Füße, naïve, 日本語。", "Füße, naïve, 日本語。"),
        ("  lead   and  double  ", "lead and double "),
        ("\\*not bold\\*", "not bold"),
        ("", ""),
        ("```", ""),
        ("***", ""),
        ("😀", ""),
    ]

    @Test(arguments: cases)
    func textIsMadeSpeakable(text: String, expected: String) {
        #expect(spoken(text) == expected)
    }

    @Test(arguments: cases)
    func theDeltasMayBeCutAnywhere(text: String, expected: String) {
        for size in 1...7 { #expect(spoken(text, size: size) == expected, "in pieces of \(size)") }
    }

    @Test func spacesBetweenDeltasAreKept() {
        var speakable = SpeakableText()
        let pieces = ["Your", " number", " is", " 12345.", " Let", " me"].map { speakable.append($0) }
        #expect(pieces == ["Your", " number", " is", " 12345.", " Let", " me"])
    }

    @Test func aReplyDoesNotLeakIntoTheNext() {
        var speakable = SpeakableText()
        _ = speakable.append("```code")
        _ = speakable.finish()
        #expect(speakable.append("Hello") == "Hello")
    }

    @Test func randomTextNeverTrapsAndNeverSpeaksMarks() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("ab1 *_`#-~+<>[]()|\\!.\n😀é{}^https://www.".unicodeScalars)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<80, using: &generator) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
            }
            let whole = spoken(text)
            #expect(whole == spoken(text, size: 1), "\(text)")
            #expect(!whole.contains { "*`#[]\\😀|".contains($0) }, "\(text)")
            #expect(!whole.contains("  "))
        }
    }
}
