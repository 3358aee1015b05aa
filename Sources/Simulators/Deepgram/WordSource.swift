/// Where the words of a stream come from.
enum WordSource {
    /// Rendered speech found again in the stream.
    case library(VoiceLibrary, UtteranceTracker)
    /// Lines taken in order, one for each stretch of speech.
    case script(ScriptedWords)
    /// Nowhere: whatever is said is for another recogniser to find out.
    case unknown

    /// Which words are asked for.
    enum Request: Equatable {
        /// For an unsettled result: words just begun too.
        case interim
        /// For a final in the middle of speech: only words that have ended.
        case cut
        /// For a final after speech, which ended at the sample given: all that is left.
        case end(lastLoud: Int)
    }

    /// Takes the next frame of the stream.
    mutating func hear(_ frame: ArraySlice<UInt8>) {
        guard case .library(let library, var tracker) = self else { return }
        self = .unknown
        library.track(frame, with: &tracker)
        self = .library(library, tracker)
    }

    /// A stretch of speech began.
    mutating func began(at sample: Int) {
        guard case .script(var script) = self else { return }
        script.began(at: sample)
        self = .script(script)
    }

    /// The words of the samples `range`; nil when this source does not know.
    mutating func words(in range: Range<Int>, _ request: Request) -> [HeardWord]? {
        switch self {
        case .unknown: return nil
        case .library(_, let tracker):
            var words = tracker.words(in: range, settled: request != .interim)
            if request == .cut { words.removeAll { $0.end > range.upperBound } }
            return words.isEmpty ? nil : words
        case .script(var script):
            let words = script.words(through: range.upperBound, request)
            self = .script(script)
            return words
        }
    }
}

/// The lines of a script as if they were being spoken: each word takes 57 ms a character from the onset on.
struct ScriptedWords {
    private static let samplesPerCharacter = TonePattern.samplesPerCharacter

    private let lines: [String]
    private var line = -1
    private var onset = 0
    private var settled = 0
    private var isOver = true

    init(lines: [String]) {
        self.lines = lines
    }

    /// Takes the next line, unless the one before is still being spoken.
    mutating func began(at sample: Int) {
        guard self.isOver else { return }
        self.isOver = false
        self.line += 1
        self.onset = sample
        self.settled = 0
    }

    /// The words not yet settled that were said by sample `limit`; nil once the script has run out.
    mutating func words(through limit: Int, _ request: WordSource.Request) -> [HeardWord]? {
        guard self.lines.indices.contains(self.line) else { return nil }
        let all = SpokenWords.split(self.lines[self.line])
        var start = self.onset
        var words: [HeardWord] = []
        for (position, text) in all.enumerated() {
            let end = start + (text.count + 1) * Self.samplesPerCharacter
            if position >= self.settled { words.append(HeardWord(text: text, start: start, end: end)) }
            start = end
        }
        switch request {
        case .interim: words = words.filter { $0.start < limit }
        case .cut: words = words.filter { $0.end <= limit }
        case .end(let lastLoud):
            words = words.map { word in
                let end = min(word.end, max(lastLoud, self.onset + 1))
                return HeardWord(text: word.text, start: min(word.start, end - 1), end: end)
            }
            self.isOver = true
        }
        if request != .interim { self.settled += words.count }
        return words
    }
}
