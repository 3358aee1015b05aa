internal import NIOCore
internal import WorkerProtocol

/// The worker's view of one link: hello, heartbeats, death.
///
/// ```
/// awaitingHello ─ hello received ─► open ─ silent for too long ─► closed
///       └──────── deadline passed, bad hello, link closed ──────────┘
/// ```
///
/// A value without I/O: times come in, what to do comes out.
struct LinkStateMachine: Sendable {
    /// What to do at a beat.
    enum BeatAction: Equatable {
        /// Say that we are here.
        case sendHeartbeat

        /// The peer is dead: close the link.
        case closeLink

        /// The link is not open: nothing.
        case none
    }

    /// What to do after a message of the link.
    enum MessageAction: Equatable {
        /// The link is open with this version of the protocol: start the beat, take sessions.
        case linkOpened(version: Int)

        /// Nothing: hearing it was enough.
        case none
    }

    private enum State {
        case awaitingHello
        case open
        case closed
    }

    private var state = State.awaitingHello
    private var lastHeard: NIODeadline
    private let silenceLimit: TimeAmount

    /// A link that was accepted at `now`.
    init(acceptedAt now: NIODeadline, settings: LinkSettings) {
        lastHeard = now
        silenceLimit = .nanoseconds(settings.heartbeatInterval.nanoseconds * Int64(settings.missedBeats))
    }

    /// Whether sessions may use the link.
    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Whether the link has ended.
    var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// The peer sent something; whatever it is shows that it lives.
    mutating func bytesReceived(at now: NIODeadline) {
        lastHeard = now
    }

    /// The peer said something about the link.
    ///
    /// - Throws: ``LinkError``, with which the link must be closed.
    mutating func messageReceived(_ message: LinkMessage) throws(LinkError) -> MessageAction {
        switch (state, message) {
        case (.closed, _):
            return .none
        case (.awaitingHello, .hello(let hello)):
            let version = try hello.commonVersion()
            state = .open
            return .linkOpened(version: version)
        case (.awaitingHello, _):
            throw .badHello("the first message was not hello")
        case (.open, .hello):
            throw .badHello("hello was said twice")
        case (.open, .heartbeat), (.open, .draining):
            // A gateway that drains says so by closing its sessions; nothing is to be done here.
            return .none
        }
    }

    /// Something for a session came; it must not come before hello.
    ///
    /// - Throws: ``LinkError``, with which the link must be closed.
    func sessionFrameReceived() throws(LinkError) {
        guard case .awaitingHello = state else { return }
        throw .badHello("a session's frame came before hello")
    }

    /// The time for hello is over.
    ///
    /// - Returns: whether the link must be closed.
    func helloDeadlinePassed() -> Bool {
        guard case .awaitingHello = state else { return false }
        return true
    }

    /// A heartbeat is due.
    mutating func beatDue(at now: NIODeadline) -> BeatAction {
        guard case .open = state else { return .none }
        return now - lastHeard > silenceLimit ? .closeLink : .sendHeartbeat
    }

    /// The link has ended, from whichever side.
    ///
    /// - Returns: whether this is the first time.
    mutating func linkClosed() -> Bool {
        guard !isClosed else { return false }
        state = .closed
        return true
    }
}
