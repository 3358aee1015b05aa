import TTSWorkerCore
import Testing

@Suite struct TextChunkerTests {
    /// The pieces of a text that comes in deltas of `size` characters.
    private func pieces(_ text: String, size: Int = 3) -> [String] {
        var chunker = TextChunker()
        var result: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            result += chunker.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        if let last = chunker.finish() { result.append(last) }
        return result
    }

    static let cases: [(String, [String])] = [
        ("Hello. How are you?", ["Hello. ", "How are you?"]),
        ("Of course, one moment please. I will look.", ["Of course, one moment please. ", "I will look."]),
        ("Certainly sir, I can do that for you. Good.", ["Certainly sir, ", "I can do that for you. ", "Good."]),
        ("It costs 3.50, or 1,000 for all. Fine.", ["It costs 3.50, ", "or 1,000 for all. ", "Fine."]),
        ("We open at 10:30 today. Come by.", ["We open at 10:30 today. ", "Come by."]),
        ("Call +44 1632 960001. Thanks.", ["Call +44 1632 960001. ", "Thanks."]),
        ("Digits: 5, 5, 5, 1. Right?", ["Digits: 5, 5, 5, 1. ", "Right?"]),
        ("It is 020 (7946) 0018. Yes.", ["It is 020 (7946) 0018. ", "Yes."]),
        ("Dr. Smith is in. So is Mrs. Jones.", ["Dr. Smith is in. ", "So is Mrs. Jones."]),
        ("Bring e.g. a card. Or cash.", ["Bring e.g. a card. ", "Or cash."]),
        ("At 9 a.m. we open. See you.", ["At 9 a.m. we open. ", "See you."]),
        ("Ask J. Smith. He knows.", ["Ask J. Smith. ", "He knows."]),
        ("So am I. Really.", ["So am I. ", "Really."]),
        ("No. I can not. Sorry.", ["No. ", "I can not. ", "Sorry."]),
        ("She said \"Yes.\" Then left.", ["She said \"Yes.\" ", "Then left."]),
        ("Wait... what?! Oh.", ["Wait... ", "what?! ", "Oh."]),
        ("You have 5. The rest is gone.", ["You have 5. ", "The rest is gone."]),
        ("こんにちは。元気ですか？はい", ["こんにちは。", "元気ですか？", "はい"]),
        ("Well: yes. Then, perhaps; later on. End", ["Well: yes. ", "Then, perhaps; later on. ", "End"]),
        ("...", []),
        ("   ", []),
        ("", []),
        ("Hi", ["Hi"]),
    ]

    @Test(arguments: cases)
    func cutsAreMadeWhereTheySoundRight(text: String, expected: [String]) {
        for size in [1, 2, 3, 5, 1000] { #expect(pieces(text, size: size) == expected, "in pieces of \(size)") }
    }

    @Test func theFirstClauseGoesAsSoonAsTheNextWordShowsThatItIsOne() {
        var chunker = TextChunker()
        #expect(chunker.append("Good morning,") == [])
        #expect(chunker.append(" ") == ["Good morning, "])
        #expect(chunker.append("this is Oak,") == [])
        #expect(chunker.append(" who is it? ") == ["this is Oak, who is it? "])
        #expect(!chunker.isHolding)
    }

    @Test func laterClausesWaitForTheSentenceUnlessTheyAreLong() {
        let long = String(repeating: "word ", count: 45)
        #expect(pieces("Yes. \(long), then, more.") == ["Yes. ", "\(long), ", "then, more."])
    }

    @Test func wordsThatWaitedGoUpToTheLastWholeOne() {
        var chunker = TextChunker()
        _ = chunker.append("I am look")
        #expect(chunker.flushWords() == "I am ")
        #expect(chunker.flushWords() == nil)
        _ = chunker.append("ing for it")
        #expect(chunker.finish() == "looking for it")
    }

    @Test(arguments: ["Call +44 ", "Dial +44 1632 ", "It costs 3", "See Dr. ", "See Dr. Sm", "Bring e.g. "])
    func wordsThatWaitedAreNeverCutInANumberOrAbbreviation(text: String) {
        var chunker = TextChunker()
        _ = chunker.append(text)
        let words = chunker.flushWords() ?? ""
        #expect(words == String(text.prefix { $0 != " " }) + " " || words == "It costs ")
    }

    @Test func aPauseAfterASentenceReleasesAllOfIt() {
        var chunker = TextChunker()
        _ = chunker.append("Let me check that for you")
        #expect(chunker.append(".") == [])
        #expect(chunker.flushSentence() == "Let me check that for you.")
        #expect(!chunker.isHolding)
        _ = chunker.append(" It is 3.")
        #expect(chunker.flushSentence() == " It is ")
    }

    @Test func aPieceHasAtMost2000Scalars() {
        let words = String(repeating: "words ", count: 1000)
        let cut = pieces(words, size: 50)
        #expect(cut.joined() == words)
        #expect(cut.allSatisfy { $0.unicodeScalars.count <= 2000 && $0.hasSuffix(" ") })
        let giant = String(repeating: "x", count: 4001)
        #expect(pieces(giant, size: 4001).map(\.count) == [2000, 2000, 1])
        #expect(pieces(String(repeating: "x", count: 2000), size: 2000).map(\.count) == [2000])
    }

    @Test func thePiecesJoinedAreTheText() {
        var generator = SystemRandomNumberGenerator()
        let parts = [
            "a", "Dr.", "3.50", " ", ". ", ", ", "? ", "+44", "1", ":", "\"", "(", ") ", "word", "e.g.", "é", "。", "—",
        ]
        for _ in 0..<500 {
            var chunker = TextChunker()
            var text = ""
            var cut = ""
            for _ in 0..<Int.random(in: 0..<60, using: &generator) {
                let part = parts.randomElement(using: &generator) ?? ""
                text += part
                cut += chunker.append(part).joined()
                if Int.random(in: 0..<8, using: &generator) == 0 { cut += chunker.flushWords() ?? "" }
            }
            cut += chunker.finish() ?? ""
            #expect(text.hasPrefix(cut), "\(text)")
            #expect(!text.dropFirst(cut.count).contains { $0.isLetter || $0.isNumber }, "\(text)")
        }
    }
}
