import TelephonyAudio

/// One word of a rendered utterance and where in its audio it lies.
package struct WordTiming: Sendable, Equatable {
    /// The word as written, with its capitals and punctuation.
    package let text: String
    /// First sample of the word.
    package let start: Int
    /// First sample after the word.
    package let end: Int
}

/// A text and its speech: mu-law at 8 kHz, one byte a sample.
package struct RenderedUtterance: Sendable, Equatable {
    /// What is said.
    package let text: String
    /// The speech, mu-law at 8 kHz.
    package let audio: [UInt8]
    /// Where each word lies, estimated from the loud parts of the audio.
    package let words: [WordTiming]

    /// Pairs `text` with its `audio` and works out the words' places.
    package init(text: String, audio: [UInt8]) {
        self.text = text
        self.audio = audio
        self.words = RenderedUtterance.timings(of: SpokenWords.split(text), in: audio)
    }

    /// The length of the speech in milliseconds.
    package var milliseconds: Int { self.audio.count / MuLaw.bytesPerMillisecond }

    /// Shares the loud frames among the words in proportion to their letters.
    private static func timings(of words: [String], in audio: [UInt8]) -> [WordTiming] {
        let frame = MuLaw.bytesPerFrame
        var loud = stride(from: 0, to: audio.count, by: frame)
            .filter { SpeechDetector.isLoud(audio[$0..<min($0 + frame, audio.count)]) }
        if loud.isEmpty { loud = Array(stride(from: 0, to: audio.count, by: frame)) }
        let weights = words.map { $0.count + 1 }
        let total = weights.reduce(0, +)
        guard total > 0, !loud.isEmpty else { return [] }
        var passed = 0
        return zip(words, weights).map { word, weight in
            let first = loud[min(passed * loud.count / total, loud.count - 1)]
            passed += weight
            let last = loud[max(0, min(passed * loud.count / total - 1, loud.count - 1))]
            return WordTiming(text: word, start: first, end: min(max(last, first) + frame, audio.count))
        }
    }
}
