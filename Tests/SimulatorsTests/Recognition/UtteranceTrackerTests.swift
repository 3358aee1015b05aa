import TelephonyAudio
import Testing

@testable import Simulators

@Suite struct UtteranceTrackerTests {
    private func index(_ texts: [String]) -> UtteranceIndex {
        var index = UtteranceIndex()
        for text in texts { index.insert(SyntheticSpeech.utterance(text)) }
        return index
    }

    private func text(_ tracker: UtteranceTracker, _ range: Range<Int>? = nil, settled: Bool = true) -> String {
        tracker.words(in: range ?? 0..<tracker.position, settled: settled).map(\.text).joined(separator: " ")
    }

    @Test(arguments: [0, 1, 77, 159, 4000])
    func `an utterance is found wherever it begins`(offset: Int) {
        let index = self.index(["What are your opening hours?", "I would like an appointment."])
        var tracker = UtteranceTracker()
        let stream =
            [UInt8](repeating: MuLaw.silence, count: offset) + TonePattern.render("What are your opening hours?")
        tracker.hear(stream[...], in: index)
        #expect(self.text(tracker) == "What are your opening hours?")
        let starts = tracker.words(in: 0..<stream.count, settled: true).map { $0.start - offset }
        #expect(starts == SyntheticSpeech.utterance("What are your opening hours?").words.map(\.start))
    }

    @Test func `only what was heard of an utterance is found`() {
        let index = self.index(["What are your opening hours?"])
        let whole = SyntheticSpeech.utterance("What are your opening hours?")
        var tracker = UtteranceTracker()
        tracker.hear(whole.audio[whole.words[1].start..<whole.words[3].end], in: index)
        #expect(self.text(tracker) == "are your opening")
    }

    @Test func `two callers' mixed audio is found as neither`() {
        let texts = ["What are your opening hours?", "I would like an appointment."]
        let index = self.index(texts)
        let first = TonePattern.render(texts[0])
        let second = TonePattern.render(texts[1])
        let mixed = zip(first, second).map {
            MuLaw.encode(Int16(clamping: Int(MuLaw.decode($0)) + Int(MuLaw.decode($1))))
        }
        var tracker = UtteranceTracker()
        tracker.hear(mixed[...], in: index)
        #expect(self.text(tracker).isEmpty)
    }

    @Test func `the same utterance said twice is heard twice`() {
        let index = self.index(["Yes please."])
        let audio = TonePattern.render("Yes please.")
        var tracker = UtteranceTracker()
        let stream = audio + SyntheticSpeech.silence(500) + audio
        for start in stride(from: 0, to: stream.count, by: 160) {
            tracker.hear(stream[start..<min(start + 160, stream.count)], in: index)
        }
        #expect(self.text(tracker) == "Yes please. Yes please.")
        #expect(tracker.position == stream.count)
    }

    @Test func `a lost frame costs no more than the word it was in`() {
        let whole = SyntheticSpeech.utterance("I would like an appointment on Tuesday morning.")
        let index = self.index([whole.text])
        let cut = whole.words[4].start + 320
        var tracker = UtteranceTracker()
        tracker.hear((whole.audio[..<cut] + whole.audio[(cut + 160)...])[...], in: index)
        let found = tracker.words(in: 0..<tracker.position, settled: true).map(\.text)
        #expect(found.contains("Tuesday") && found.contains("like") && found.count >= 7)
    }

    @Test func `words are parted by the ranges asked for, none twice`() {
        let whole = SyntheticSpeech.utterance("One two three four five six.")
        let index = self.index([whole.text])
        var tracker = UtteranceTracker()
        tracker.hear(whole.audio[...], in: index)
        for middle in stride(from: 0, through: whole.audio.count, by: 700) {
            let parts = [self.text(tracker, 0..<middle), self.text(tracker, middle..<whole.audio.count)]
            #expect(parts.filter { !$0.isEmpty }.joined(separator: " ") == whole.text)
        }
    }

    @Test func `a word just begun counts until results are settled`() {
        let whole = SyntheticSpeech.utterance("Appointment")
        let index = self.index([whole.text])
        var tracker = UtteranceTracker()
        tracker.hear(whole.audio[..<(whole.words[0].start + 1000)], in: index)
        #expect(self.text(tracker, settled: false) == "Appointment")
        #expect(self.text(tracker, settled: true).isEmpty)
    }

    @Test func `beyond its bound the index forgets the oldest`() {
        var index = UtteranceIndex()
        for number in 0...UtteranceIndex.maximumUtterances {
            index.insert(RenderedUtterance(text: "\(number)", audio: []))
        }
        #expect(index.entries.count == UtteranceIndex.maximumUtterances)
        #expect(index.entries[0] == nil)
    }
}
