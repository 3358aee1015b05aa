/// Which sessions are open, and when a lost one is opened again.
///
/// ```
/// closed -- opened --> open -- lost --> opening -- regained --> open
///                               opening -- lost --> waiting -- reopen timer --> opening
/// ```
struct RoleWatch: Sendable, Equatable {
    /// What is to be done about a loss.
    enum Action: Sendable, Equatable {
        /// Nothing: there was no session, or its loss is known.
        case none
        /// Open the session again now.
        case reopen
        /// Open the session again after this long.
        case reopenAfter(Milliseconds)
        /// Opening it again cannot help.
        case giveUp
    }

    /// A session lost again sooner than this after it came back was not really back.
    static let stableAfter: Milliseconds = 5_000
    /// How many losses in a row, each soon after the last return, are borne.
    static let maximumLosses = 20

    private enum State: Sendable, Equatable {
        case closed
        case open(since: CallTime)
        case opening(lost: CallTime)
        case waiting(lost: CallTime)
    }

    private struct Watch: Sendable, Equatable {
        var state = State.closed
        var losses = 0
        var permanentLosses = 0
    }

    private let firstDelay: Milliseconds
    private let maximumDelay: Milliseconds
    private var stt = Watch()
    private var llm = Watch()
    private var tts = Watch()

    /// Begins with no session.
    init(limits: ConversationLimits) {
        firstDelay = limits.reopenFirst
        maximumDelay = limits.reopenMaximum
    }

    /// Whether the role's session can be used.
    func isOpen(_ role: Role) -> Bool {
        if case .open = self[role].state { true } else { false }
    }

    /// Whether the role's session was lost and is not back.
    func isLost(_ role: Role) -> Bool {
        switch self[role].state {
        case .closed, .open: false
        case .opening, .waiting: true
        }
    }

    /// The roles that have a session, or one being opened.
    var held: [Role] {
        Role.allCases.filter { role in
            switch self[role].state {
            case .closed, .waiting: false
            case .open, .opening: true
            }
        }
    }

    /// The session was asked for the first time; it counts as open at once, as what it is sent waits in the shell.
    mutating func opened(_ role: Role, at now: CallTime) {
        self[role] = Watch(state: .open(since: now))
    }

    /// The session was lost.
    mutating func lost(_ role: Role, isPermanent: Bool, at now: CallTime) -> Action {
        var watch = self[role]
        let lost: CallTime
        switch watch.state {
        case .closed, .waiting: return .none
        case .open(let since):
            if now - since >= Self.stableAfter { watch = Watch(state: watch.state) }
            lost = now
        case .opening(let time): lost = time
        }
        watch.losses += 1
        watch.permanentLosses = isPermanent ? watch.permanentLosses + 1 : 0
        let hopeless = watch.permanentLosses > 1 || watch.losses > Self.maximumLosses
        let action: Action = hopeless ? .giveUp : watch.losses == 1 ? .reopen : .reopenAfter(delay(watch.losses))
        watch.state = action == .reopen ? .opening(lost: lost) : .waiting(lost: lost)
        self[role] = watch
        return action
    }

    /// The wait before the next attempt is over; false if there is nothing to open.
    mutating func reopenPassed(_ role: Role) -> Bool {
        guard case .waiting(let lost) = self[role].state else { return false }
        self[role].state = .opening(lost: lost)
        return true
    }

    /// The session is back; returns how long it was away, nil if it was not.
    mutating func regained(_ role: Role, at now: CallTime) -> Milliseconds? {
        guard case .opening(let lost) = self[role].state else { return nil }
        self[role].state = .open(since: now)
        return now - lost
    }

    /// How long a session that came back must still stay to be really back; nil if it is, or has not come back.
    func settling(_ role: Role, at now: CallTime) -> Milliseconds? {
        guard case .open(let since) = self[role].state, self[role].losses > 0 else { return nil }
        let rest = Self.stableAfter - (now - since)
        return rest > 0 ? rest : nil
    }

    /// Forgets all sessions.
    mutating func closed() {
        stt = Watch()
        llm = Watch()
        tts = Watch()
    }

    private func delay(_ losses: Int) -> Milliseconds {
        var delay = firstDelay
        for _ in 2..<max(losses, 2) where delay < maximumDelay { delay *= 2 }
        return min(delay, maximumDelay)
    }

    private subscript(role: Role) -> Watch {
        get {
            switch role {
            case .stt: stt
            case .llm: llm
            case .tts: tts
            }
        }
        set {
            switch role {
            case .stt: stt = newValue
            case .llm: llm = newValue
            case .tts: tts = newValue
            }
        }
    }
}
