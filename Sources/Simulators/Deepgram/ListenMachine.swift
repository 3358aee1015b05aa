import TelephonyAudio

/// One result on the stream's sample clock, before it is written as JSON.
struct ListenResult: Equatable {
    /// First sample of the span.
    let start: Int
    /// First sample after the span.
    let end: Int
    /// The words; nil: speech was heard that the word source does not know.
    let words: [HeardWord]?
    /// The span is settled.
    var isFinal = false
    /// The span ends in the silence that ends an utterance.
    var speechFinal = false
    /// The span was settled because the client asked.
    var fromFinalize = false
}

/// What the transcription does, each at one point of the stream's sample clock.
enum ListenOutput: Equatable {
    /// Speech began at the sample given.
    case speechStarted(at: Int)
    /// A result.
    case result(ListenResult)
    /// No words for the time asked for; the sample at which the last word ended, nil: not known.
    case utteranceEnd(lastWordEnd: Int?)
}

/// Hears one stream of mu-law and decides when to say what (Deepgram listen v1, semantics of results).
///
/// Its only clock is the audio: 8000 samples a second, so a pause in the sending stops it. Pure: no I/O, no timers.
struct ListenMachine {
    /// The times a real service has for itself, in samples.
    struct Timing: Equatable {
        /// From the onset of speech to the first unsettled result.
        var firstInterim = 2400
        /// Between unsettled results while speech goes on.
        var interimInterval = 8000
        /// Longest span of speech before it is settled.
        var segmentLimit = 40_000
        /// The shortest silence that can be noticed, whatever is asked for.
        var minimumEndpointing = 800
        /// Silence that settles a span when endpointing is off.
        var quietWithoutEndpointing = 8000
    }

    /// Longest time a number is held back: 3 s.
    private static let longestHold = 24_000
    /// How much silence before speech a span may include: 2 s.
    private static let leadingSilence = 16_000
    /// Between the empty finals of the fault of that name: 5 s.
    private static let emptyFinalInterval = 40_000
    /// Between looks for words that were not known: 100 ms.
    private static let interimRetry = 800
    private static let frame = MuLaw.bytesPerFrame

    private let query: ListenQuery
    private let timing: Timing
    private var source: WordSource
    private var detector: SpeechDetector
    private var partial: [UInt8] = []
    /// Samples heard in whole frames.
    private(set) var position = 0
    private var segmentStart = 0
    private var onset = 0
    private var nextInterim = Int.max
    private var lastUnknownInterim = Int.min / 2
    private var held = false
    private var wordsPending = false
    private var lastWordEnd = 0
    private var lastLoud = 0
    private var lastEmptyFinal = 0

    init(query: ListenQuery, timing: Timing = Timing(), source: WordSource) {
        self.query = query
        self.timing = timing
        self.source = source
        let silence = query.endpointing.map { max(timing.minimumEndpointing, $0 * MuLaw.bytesPerMillisecond) }
        self.detector = SpeechDetector(endSilence: silence ?? timing.quietWithoutEndpointing)
    }

    /// Whether speech is going on.
    var isSpeaking: Bool { self.detector.isSpeaking }

    /// Takes mu-law of any length; what does not fill a 20 ms frame waits for the next call.
    mutating func hear(_ audio: [UInt8], faults: ListenFaults = ListenFaults()) -> [ListenOutput] {
        self.partial.append(contentsOf: audio)
        var outputs: [ListenOutput] = []
        var start = 0
        while self.partial.count - start >= Self.frame {
            self.hear(frame: self.partial[start..<start + Self.frame], faults, &outputs)
            start += Self.frame
        }
        self.partial.removeFirst(start)
        return outputs
    }

    /// Settles what has been heard so far because the client asked; empty when nothing was heard since the last final.
    mutating func finalize() -> [ListenOutput] {
        guard self.position > self.segmentStart else { return [] }
        return [self.settle(through: self.position, .cut, fromFinalize: true)]
    }

    /// Settles what is left because the stream ends.
    mutating func finish() -> [ListenOutput] {
        guard self.detector.isSpeaking || self.held else { return [] }
        self.held = false
        return [self.settle(through: self.position, .end(lastLoud: self.lastLoud))]
    }

    private mutating func hear(frame: ArraySlice<UInt8>, _ faults: ListenFaults, _ outputs: inout [ListenOutput]) {
        self.position += frame.count
        self.source.hear(frame)
        let loud = SpeechDetector.isLoud(frame)
        if loud { self.lastLoud = self.position }
        let transition = self.detector.process(frame, endingAt: self.position, loud: faults.noise ? true : loud)
        switch transition {
        case .began(let sample): self.began(at: sample, &outputs)
        case .ended(let sample): self.ended(at: sample, faults, &outputs)
        case nil: break
        }
        if self.detector.isSpeaking {
            self.settleLongSpeech(&outputs)
            self.sayInterim(faults, &outputs)
        } else {
            self.endHold(&outputs)
            self.sayNothing(faults, &outputs)
        }
        self.endUtterance(faults, &outputs)
    }

    private mutating func began(at sample: Int, _ outputs: inout [ListenOutput]) {
        if self.held {
            self.held = false
            outputs.append(self.settle(through: max(self.segmentStart, sample), .end(lastLoud: sample)))
        }
        self.segmentStart = max(self.segmentStart, sample - Self.leadingSilence)
        self.onset = sample
        self.nextInterim = sample + self.timing.firstInterim
        self.source.began(at: sample)
        if self.query.vadEvents { outputs.append(.speechStarted(at: sample)) }
    }

    private mutating func ended(at sample: Int, _ faults: ListenFaults, _ outputs: inout [ListenOutput]) {
        if faults.heldNumbers || self.query.holdsNumbers,
            let last = self.peek()?.last, SpokenWords.isNumber(last.text)
        {
            self.held = true
            return
        }
        outputs.append(
            self.settle(through: self.position, .end(lastLoud: sample), speechFinal: self.query.endpointing != nil)
        )
    }

    /// Settles a span that has become too long, at the end of its last whole word.
    private mutating func settleLongSpeech(_ outputs: inout [ListenOutput]) {
        let start = max(self.segmentStart, self.onset)
        guard self.position - start >= self.timing.segmentLimit else { return }
        let range = self.segmentStart..<self.position
        var source = self.source
        let end = source.words(in: range, .cut)?.last?.end ?? self.position
        outputs.append(self.settle(through: end, .cut))
        self.onset = max(self.onset, end)
    }

    private mutating func sayInterim(_ faults: ListenFaults, _ outputs: inout [ListenOutput]) {
        guard self.position >= self.nextInterim else { return }
        self.nextInterim = self.position + self.timing.interimInterval
        guard self.query.interimResults, !faults.dropInterims else { return }
        let end = self.position
        // A word still being said ends, as far as is known, now.
        let words = self.source.words(in: self.segmentStart..<end, .interim)?.map {
            HeardWord(text: $0.text, start: min($0.start, end), end: min($0.end, end))
        }
        if words == nil {
            // Not known, or not yet: look again soon, but ask another recogniser no more often than usual.
            self.nextInterim = self.position + Self.interimRetry
            let spoke = self.lastLoud > max(self.segmentStart, self.onset)
            guard spoke, self.position - self.lastUnknownInterim >= self.timing.interimInterval else { return }
            self.lastUnknownInterim = self.position
        }
        guard words?.isEmpty != true else { return }
        self.note(words)
        outputs.append(.result(ListenResult(start: self.segmentStart, end: self.position, words: words)))
    }

    private mutating func endHold(_ outputs: inout [ListenOutput]) {
        guard self.held, self.position - self.lastLoud >= Self.longestHold else { return }
        self.held = false
        outputs.append(self.settle(through: self.position, .end(lastLoud: self.lastLoud), speechFinal: true))
    }

    private mutating func sayNothing(_ faults: ListenFaults, _ outputs: inout [ListenOutput]) {
        guard faults.emptyFinals, !self.held,
            self.position - max(self.segmentStart, self.lastEmptyFinal) >= Self.emptyFinalInterval
        else { return }
        self.lastEmptyFinal = self.position
        outputs.append(.result(ListenResult(start: self.segmentStart, end: self.position, words: [], isFinal: true)))
        self.segmentStart = self.position
    }

    private mutating func endUtterance(_ faults: ListenFaults, _ outputs: inout [ListenOutput]) {
        guard let gap = self.query.utteranceEnd, self.wordsPending, !self.held,
            self.position - max(self.lastWordEnd, self.lastLoud) >= gap * MuLaw.bytesPerMillisecond
        else { return }
        self.wordsPending = false
        guard !faults.missingUtteranceEnd else { return }
        let end = ListenOutput.utteranceEnd(lastWordEnd: faults.unknownLastWordEnd ? nil : self.lastWordEnd)
        outputs.append(end)
        if faults.duplicateUtteranceEnd { outputs.append(end) }
        if faults.emptyFinals {
            let empty = ListenResult(
                start: self.segmentStart,
                end: self.position,
                words: [],
                isFinal: true,
                speechFinal: true
            )
            outputs.append(.result(empty))
            self.segmentStart = self.position
        }
    }

    /// Makes a final of everything up to `end` and begins a new span there.
    private mutating func settle(
        through end: Int,
        _ request: WordSource.Request,
        speechFinal: Bool = false,
        fromFinalize: Bool = false
    ) -> ListenOutput {
        let start = self.segmentStart
        var words = self.source.words(in: start..<max(start, end), request)
        let wasSpeech = self.lastLoud > start && self.lastLoud > self.onset
        if words == nil, !wasSpeech { words = [] }
        self.note(words)
        self.segmentStart = end
        return .result(
            ListenResult(
                start: start,
                end: end,
                words: words,
                isFinal: true,
                speechFinal: speechFinal,
                fromFinalize: fromFinalize
            )
        )
    }

    /// The words of the current span without taking them.
    private func peek() -> [HeardWord]? {
        var source = self.source
        return source.words(in: self.segmentStart..<self.position, .interim)
    }

    private mutating func note(_ words: [HeardWord]?) {
        guard words?.isEmpty != true else { return }
        self.wordsPending = true
        self.lastWordEnd = max(self.lastWordEnd, words?.last?.end ?? self.lastLoud)
    }
}
