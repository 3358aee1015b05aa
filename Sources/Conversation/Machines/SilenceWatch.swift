/// Keeps the line from being silent without a next action.
///
/// It knows two silences: the agent thinks (a filler is due), and the caller is silent while the agent listens (a
/// question is due, at last a goodbye). While anyone speaks no timer of it runs.
struct SilenceWatch: Sendable, Equatable {
    /// What is going on on the line.
    enum Line: Sendable, Equatable {
        /// Someone speaks or is about to, or the silence is looked after elsewhere.
        case busy
        /// A reply is being made and nothing is said.
        case thinking
        /// The agent listens and nothing is said.
        case listening
    }

    /// Which timer is to run from now on.
    enum Action: Sendable, Equatable {
        /// Leave the timers as they are.
        case none
        /// Stop both.
        case stop
        /// Start the filler's, stop the other.
        case awaitReply(Milliseconds)
        /// Start the caller's, stop the other.
        case awaitCaller(Milliseconds)
    }

    /// What is to be done about a silent caller.
    enum Remedy: Sendable, Equatable {
        /// Wait once more: there is voice, if no words.
        case wait
        /// Ask the question with this index.
        case ask(Int)
        /// Say goodbye.
        case giveUp
    }

    /// How often voice without words holds a question up.
    static let maximumExtensions = 1

    private let fillerAfter: Milliseconds?
    private let noInput: Milliseconds?
    private let questions: Int
    private var line = Line.busy
    private var asked = 0
    private var extensions = 0

    /// Begins with a busy line.
    init(settings: ConversationSettings) {
        fillerAfter = settings.silence.filler.isBlank ? nil : settings.silence.fillerAfter
        noInput = settings.turn.noInput
        questions = settings.turn.noInputPrompts.count
    }

    /// Tells what goes on on the line now; a silence goes on if it was the same before.
    mutating func lineBecame(_ line: Line) -> Action {
        guard line != self.line else { return .none }
        self.line = line
        return start()
    }

    /// The silence has just begun anew.
    mutating func silenceBegan() -> Action {
        start()
    }

    /// The caller said something.
    mutating func callerSpoke() {
        asked = 0
        extensions = 0
    }

    /// The caller's silence has lasted too long; the line becomes busy with the remedy.
    mutating func callerStayedSilent(isVoiceActive: Bool) -> Remedy {
        if isVoiceActive, extensions < Self.maximumExtensions {
            extensions += 1
            return .wait
        }
        line = .busy
        extensions = 0
        guard asked < questions else { return .giveUp }
        asked += 1
        return .ask(asked - 1)
    }

    /// The reply has taken too long; the line becomes busy with the filler.
    mutating func replyStayedAway() {
        line = .busy
    }

    private func start() -> Action {
        switch line {
        case .busy: .stop
        case .thinking: fillerAfter.map(Action.awaitReply) ?? .stop
        case .listening: noInput.map(Action.awaitCaller) ?? .stop
        }
    }
}
