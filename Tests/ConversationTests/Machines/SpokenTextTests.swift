import Testing

@testable import Conversation

@Suite("Spoken text")
struct SpokenTextTests {
    @Test(
        "A cut falls behind the last whole word",
        arguments: [
            (0, "", "Hello there. How are you?"),
            (4, "", "Hello there. How are you?"),
            (5, "Hello", "there. How are you?"),
            (6, "Hello", "there. How are you?"),
            (11, "Hello there.", "How are you?"),
            (21, "Hello there. How are you?", ""),
            (99, "Hello there. How are you?", ""),
        ]
    )
    func wordCut(characters: Int, heard: String, rest: String) {
        let split = SpokenText("Hello there. How are you?").split(atWord: characters)
        #expect(split == SpokenText.Split(heard: heard, rest: rest))
    }

    @Test(
        "A cut falls before the sentence that broke off",
        arguments: [
            (0, "", "Hello \"there.\" It is 3.5 now"),
            (11, "", "Hello \"there.\" It is 3.5 now"),
            (13, "Hello \"there.\"", "It is 3.5 now"),
            (20, "Hello \"there.\"", "It is 3.5 now"),
            (23, "Hello \"there.\"", "It is 3.5 now"),
        ]
    )
    func sentenceCut(characters: Int, heard: String, rest: String) {
        let split = SpokenText("Hello \"there.\" It is 3.5 now").split(atSentence: characters)
        #expect(split == SpokenText.Split(heard: heard, rest: rest))
    }

    @Test("A text that ends with a sentence leaves nothing when all of it was spoken")
    func wholeSentence() {
        #expect(SpokenText("One. Two.").split(atSentence: 8) == SpokenText.Split(heard: "One. Two.", rest: ""))
    }

    @Test("Complete audio is in proportion to its text")
    func proportion() {
        let text = SpokenText("aaaa bbbb cccc dddd")
        let rate = SpeechRate()
        #expect(text.characters(in: 0, of: 1_600, isRendered: true, rate: rate) == 0)
        #expect(text.characters(in: 850, of: 1_600, isRendered: true, rate: rate) == 8)
        #expect(text.characters(in: 1_600, of: 1_600, isRendered: true, rate: rate) == 16)
        #expect(text.characters(in: 0, of: 0, isRendered: true, rate: rate) == 0)
    }

    @Test("Incomplete audio does not speak more than the voice's rate allows")
    func incomplete() {
        let text = SpokenText("aaaa bbbb cccc dddd")
        var rate = SpeechRate()
        #expect(rate.bytesPerCharacter == 666)
        #expect(text.characters(in: 4_000, of: 4_000, isRendered: false, rate: rate) == 6)
        for _ in 0..<200 { rate.learned(characters: 100, bytes: 100_000) }
        #expect((990...1_000).contains(rate.bytesPerCharacter))
        #expect(text.characters(in: 4_000, of: 4_000, isRendered: false, rate: rate) == 4)
    }

    @Test("What the synthesis tells of its pieces counts exactly")
    func segments() {
        var text = SpokenText("Hi. ")
        text.append("This is long.")
        text.segmentEnded("Hi.", at: 8_000)
        let rate = SpeechRate()
        #expect(text.characters(in: 4_000, of: 12_000, isRendered: false, rate: rate) == 1)
        #expect(text.characters(in: 8_000, of: 12_000, isRendered: false, rate: rate) == 3)
        text.segmentEnded("This is long.", at: 13_500)
        text.segmentEnded("nonsense", at: 1)
        #expect(text.characters(in: 10_750, of: 13_500, isRendered: true, rate: rate) == 8)
        #expect(text.split(atWord: 8).heard == "Hi. This")
        #expect(text.characters(in: 13_500, of: 13_500, isRendered: true, rate: rate) == 14)
    }
}
