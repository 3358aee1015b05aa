/// One generation's text on its way to the provider and its audio on the way back.
struct SpeechReply {
    /// One message that is to be sent.
    enum Step: Equatable {
        case text(String)
        case flush
    }

    let generation: UInt32
    /// When the gateway began the reply.
    let begunAt: Int64
    /// Whether the gateway has said that the text is complete.
    var hasEnded = false
    /// When text last came from the gateway.
    var textAt: Int64
    /// When the first text was sent to the provider; nil before.
    var sentAt: Int64?
    /// Whether any audio came.
    var hasAudio = false
    /// Whether audio came since the last acknowledged segment.
    var hasSegmentAudio = false
    /// When audio last came, or the Flush that is awaited was sent.
    var progressAt: Int64 = 0
    /// Whether text was sent again already.
    var isResent = false
    /// Whether a Flush was sent because audio did not begin.
    var isNudged = false

    private var speakable = SpeakableText()
    private var chunker = TextChunker()
    private(set) var steps: [Step] = []
    /// The texts sent since the last Flush.
    private var unflushed: [String] = []
    /// The texts of each Flush that is not acknowledged.
    private var segments: [[String]] = []

    init(generation: UInt32, at now: Int64) {
        self.generation = generation
        begunAt = now
        textAt = now
    }

    /// Whether text is held back for a better place to cut.
    var isHolding: Bool { chunker.isHolding }
    /// Whether a Flush is not acknowledged.
    var awaitsFlushed: Bool { !segments.isEmpty }
    /// How many Flushes are not acknowledged.
    var unacknowledgedFlushes: Int { segments.count }
    /// Whether the provider has text whose audio is not complete.
    var isOnWire: Bool { !segments.isEmpty || !unflushed.isEmpty }
    /// Whether there is text, sent or to be sent, that no Flush covers.
    var needsFlush: Bool { steps.last.map { $0 != .flush } ?? !unflushed.isEmpty }
    /// Whether everything was said and acknowledged.
    var isComplete: Bool { hasEnded && steps.isEmpty && !isOnWire }
    /// How much text waits, in Unicode scalars.
    var waitingCharacters: Int {
        steps.reduce(0) { count, step in
            if case .text(let text) = step { count + text.unicodeScalars.count } else { count }
        }
    }

    /// Takes text of the gateway.
    mutating func append(_ text: String, at now: Int64) {
        textAt = now
        steps += chunker.append(speakable.append(text)).map(Step.text)
    }

    /// Gives up waiting for the end of the sentence.
    mutating func releaseWords() {
        if let text = chunker.flushWords() { steps.append(.text(text)) }
    }

    /// The text has paused: everything so far is to be spoken.
    mutating func speakSoFar() {
        if let text = chunker.flushSentence() { steps.append(.text(text)) }
        flushIfNeeded()
    }

    /// Asks for a Flush of what was sent and is to be sent.
    mutating func flushIfNeeded() {
        if needsFlush { steps.append(.flush) }
    }

    /// The gateway's text is complete.
    mutating func end() {
        steps += chunker.append(speakable.finish()).map(Step.text)
        if let text = chunker.finish() { steps.append(.text(text)) }
        hasEnded = true
        flushIfNeeded()
    }

    /// Notes that the first step was sent.
    mutating func stepSent(at now: Int64) {
        switch steps.removeFirst() {
        case .text(let text):
            unflushed.append(text)
            sentAt = sentAt ?? now
        case .flush:
            if segments.isEmpty { progressAt = now }
            segments.append(unflushed)
            unflushed = []
        }
    }

    /// Notes that audio came.
    mutating func audioReceived(at now: Int64) {
        hasAudio = true
        hasSegmentAudio = true
        progressAt = now
    }

    /// Notes that the oldest Flush was acknowledged.
    ///
    /// - Returns: the text of its segment.
    mutating func flushed(at now: Int64) -> String {
        hasSegmentAudio = false
        progressAt = now
        return segments.removeFirst().joined()
    }

    /// Makes everything that was not acknowledged unsent, for a new connection.
    mutating func resend() {
        isResent = true
        steps = segments.flatMap { $0.map(Step.text) + [.flush] } + unflushed.map(Step.text) + steps
        segments = []
        unflushed = []
    }
}
