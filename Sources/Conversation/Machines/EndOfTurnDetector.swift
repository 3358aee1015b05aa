/// Decides when the caller has finished, from what the provider settles and says, and from silence.
///
/// ```
/// quiet      -- words -->  collecting           (backstop runs)
/// collecting -- end of turn, keys --> quiet     (the turn)
/// collecting -- backstop -->  finalizing        (the transcript is asked for, its deadline runs)
/// finalizing -- final, end of turn, deadline --> quiet  (the turn)
/// finalizing -- new words --> collecting
/// ```
///
/// A turn is what all finals since the last turn say, joined by spaces; words not settled in the end are used as a
/// last resort, and are recognised when they are settled after all.
struct EndOfTurnDetector: Sendable, Equatable {
    /// What is to be done after an event.
    enum Action: Sendable, Equatable {
        /// Nothing.
        case none
        /// Restart the backstop with this time, stop the deadline.
        case wait(Milliseconds)
        /// Ask for the transcript and start the deadline with this time.
        case askForTranscript(Milliseconds)
        /// No words are left: stop backstop and deadline.
        case idle
        /// The provider ended a turn without words, or one that is over already.
        case nothingHeard
        /// The caller's turn is over: stop backstop and deadline.
        case turnEnded(String, TurnCause)
    }

    /// How often running voice activity holds the backstop up, one after the other.
    static let maximumExtensions = 4
    /// How many characters a turn may have; it is ended when it has more.
    static let maximumCharacters = 8_000
    /// How long the words of a turn ended without settlement are remembered.
    static let answeredMemory: Milliseconds = 3_000

    private let backstop: Milliseconds
    private let deadline: Milliseconds
    private var finals: [String] = []
    private var interim = ""
    private var extensions = 0
    private var answered: Answered?
    /// Whether the transcript has been asked for.
    private(set) var isFinalizing = false
    /// Whether the gateway's detector hears the caller (or noise).
    private(set) var isVoiceActive = false
    /// When the caller was last heard.
    private(set) var lastHeard = CallTime.zero

    /// The unsettled words a turn was ended with.
    private struct Answered: Sendable, Equatable {
        let words: WordSequence
        let time: CallTime
        var sawInterim = false
    }

    /// Begins quiet.
    init(settings: TurnSettings) {
        backstop = settings.backstop
        deadline = settings.finalizeDeadline
    }

    /// Whether the caller has said anything that is not part of a turn yet.
    var hasWords: Bool { !finals.isEmpty || !interim.isEmpty }

    /// Whether any of it is settled.
    var hasSettledWords: Bool { !finals.isEmpty }

    /// What is settled of the turn so far.
    var settledText: String { finals.joined(separator: " ") }

    /// The part of a transcript that was not answered already when a turn was ended without settlement.
    func unanswered(_ text: String, isSettled: Bool, at now: CallTime) -> String {
        guard let answered, now - answered.time <= Self.answeredMemory else { return text.trimmed }
        if isSettled, !answered.sawInterim { return "" }
        return answered.words.remainder(of: text) ?? text.trimmed
    }

    /// Unsettled words came, already without what was answered.
    mutating func interimReceived(_ text: String, at now: CallTime) -> Action {
        answered?.sawInterim = true
        guard text != interim else { return .none }
        interim = text
        guard !text.isEmpty else { return hasWords ? .none : becomeIdle() }
        lastHeard = now
        extensions = 0
        isFinalizing = false
        return .wait(backstop)
    }

    /// Settled words came, already without what was answered; they end the span of the interim.
    mutating func finalReceived(_ text: String, at now: CallTime) -> Action {
        answered = nil
        interim = ""
        if !text.isEmpty {
            finals.append(text)
            lastHeard = now
            extensions = 0
        }
        guard hasWords else { return becomeIdle() }
        if finals.reduce(0, { $0 + $1.count }) > Self.maximumCharacters { return endTurn(.backstop, at: now) }
        return isFinalizing ? endTurn(.finalized, at: now) : .wait(backstop)
    }

    /// The span was settled, but its words count for nothing.
    mutating func spanDropped() -> Action {
        answered = nil
        interim = ""
        return hasWords ? .none : becomeIdle()
    }

    /// The unsettled words count for nothing, as no settlement came.
    mutating func interimDropped() -> Action {
        interim = ""
        return hasWords ? .none : becomeIdle()
    }

    /// The caller (or noise) began to be heard.
    mutating func voiceActivityStarted() {
        isVoiceActive = true
    }

    /// The caller fell silent.
    mutating func voiceActivityEnded(at now: CallTime) -> Action {
        isVoiceActive = false
        extensions = 0
        lastHeard = now
        return hasWords && !isFinalizing ? .wait(backstop) : .none
    }

    /// The provider holds the turn to be over.
    mutating func endOfTurnReceived(_ reason: EndOfTurnReason, at now: CallTime) -> Action {
        hasWords ? endTurn(.provider(reason), at: now) : .nothingHeard
    }

    /// The backstop ran out.
    mutating func backstopPassed() -> Action {
        guard hasWords else { return becomeIdle() }
        if isVoiceActive, extensions < Self.maximumExtensions {
            extensions += 1
            return .wait(backstop)
        }
        isFinalizing = true
        return .askForTranscript(deadline)
    }

    /// The transcript asked for did not come in time.
    mutating func deadlinePassed(at now: CallTime) -> Action {
        guard isFinalizing else { return .none }
        return hasWords ? endTurn(.backstop, at: now) : becomeIdle()
    }

    /// Takes all words there are, settled or not, because something else ends the turn.
    mutating func take(at now: CallTime) -> String {
        guard case .turnEnded(let text, _) = endTurn(.keys, at: now) else { return "" }
        return text
    }

    /// Forgets all words.
    mutating func discard() {
        finals = []
        interim = ""
        isFinalizing = false
        extensions = 0
    }

    private mutating func becomeIdle() -> Action {
        isFinalizing = false
        extensions = 0
        return .idle
    }

    private mutating func endTurn(_ cause: TurnCause, at now: CallTime) -> Action {
        var parts = finals
        if !interim.isEmpty {
            parts.append(interim)
            answered = Answered(words: WordSequence(interim), time: now)
        }
        discard()
        return .turnEnded(parts.joined(separator: " "), cause)
    }
}
