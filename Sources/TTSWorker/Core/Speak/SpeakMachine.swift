internal import DeepgramConnection
package import WebSocketTransport
package import WorkerProtocol

/// One call's speech at Deepgram, without I/O: connection, replies, limits and the fence between generations.
///
/// Replies are spoken one after the other. A cancelled reply whose text the provider has is fenced by a Clear: all audio
/// until Cleared is dropped, and the next reply's text waits for it. Times are milliseconds of one monotonic clock.
///
/// ```
///  connecting ──opened──▶ open ──close wanted──▶ draining ──▶ over
///      ▲   │ failed        │ lost, replaced                   ▲
///      │   ▼               ▼                                  │
///      └── waiting ◀───────┘ ── given up, refused for good ───┘
/// ```
package struct SpeakMachine: DeepgramMachine {
    enum Phase: Equatable {
        /// An attempt at a connection is under way.
        case connecting
        /// The next attempt comes after a wait.
        case waiting
        /// Text can be sent.
        case open
        /// Close was sent.
        case draining
        /// Nothing happens any more.
        case over
    }

    /// What belongs to one connection and is gone with it.
    struct Connection {
        let requestID: String?
        let openedAt: Int64
        var pings = PingMonitor()
        var flushes: RollingBudget
        var characters: RollingBudget
        /// Whether a Clear is not answered.
        var isClearing = false
        /// Acknowledgements of cancelled segments that may still come.
        var staleFlushes = 0
        /// Audio dropped since the Clear, in bytes.
        var discardedBytes = 0
        /// Whether the connection is to be replaced as soon as nothing is under way.
        var isOld = false
    }

    let timings: SpeakTimings
    private let jitter: () -> Double
    var phase = Phase.connecting
    var connection: Connection?
    var replies: [SpeechReply] = []
    var timersSet: Set<SpeakTimer> = []
    private var retry = RetrySchedule()
    private var lastFailure: WorkerFailure?

    /// Whether reading from the provider is stopped because the gateway does not keep up; kept by the owner.
    package var isReadingStopped = false

    /// Makes the state of a session.
    ///
    /// - Parameters:
    ///   - timings: times and sizes.
    ///   - jitter: gives numbers evenly drawn from 0 to 1.
    package init(
        timings: SpeakTimings = SpeakTimings(),
        jitter: @escaping () -> Double = { Double.random(in: 0...1) }
    ) {
        self.timings = timings
        self.jitter = jitter
    }

    /// Whether the session is over.
    package var isOver: Bool { phase == .over }

    /// The session was opened.
    package mutating func started() -> [SpeakAction] {
        [.report(.session(.opened)), .connect]
    }

    // MARK: - Connection

    /// The connection is open.
    package mutating func socketOpened(requestID: String?, at now: Int64) -> [SpeakAction] {
        guard phase == .connecting else { return [] }
        phase = .open
        isReadingStopped = false
        connection = Connection(
            requestID: requestID,
            openedAt: now,
            flushes: RollingBudget(limit: timings.flushesPerMinute),
            characters: RollingBudget(limit: timings.charactersPerMinute)
        )
        return [
            cancel(.connect),
            .note(.opened(requestID: requestID)),
            .setTimer(.ping, milliseconds: PingMonitor.intervalMilliseconds),
            .setTimer(.age, milliseconds: timings.maximumAgeMilliseconds),
        ] + pump(at: now)
    }

    /// An attempt at a connection failed.
    package mutating func socketRefused(_ failure: WorkerFailure, at now: Int64) -> [SpeakAction] {
        guard phase == .connecting else { return [] }
        return connectAgain(after: failure, uptime: 0, at: now)
    }

    /// The open connection ended.
    package mutating func socketClosed(_ close: WebSocketClose, at now: Int64) -> [SpeakAction] {
        guard let connection else { return [] }
        guard phase == .open else { return closed() }
        let failure = DeepgramFailure.close(close, requestID: connection.requestID)
        return connectionLost(failure, at: now)
    }

    /// A ping was answered.
    package mutating func ponged() {
        connection?.pings.heard()
    }

    /// The connection is gone, or given up: its reply is sent again or fails, and a new connection is made.
    mutating func connectionLost(_ failure: WorkerFailure, at now: Int64) -> [SpeakAction] {
        guard let connection, phase == .open else { return [] }
        var actions: [SpeakAction] = []
        if let reply = replies.first, reply.isOnWire {
            if reply.hasSegmentAudio || reply.isResent {
                replies.removeFirst()
                actions.append(.report(.failed(generation: reply.generation, failure)))
            } else {
                replies[0].resend()
                actions.append(.note(.resent(generation: reply.generation)))
            }
        }
        return actions + connectAgain(after: failure, uptime: now - connection.openedAt, at: now)
    }

    private mutating func connectAgain(after failure: WorkerFailure, uptime: Int64, at now: Int64) -> [SpeakAction] {
        guard let wait = retry.delay(after: failure, uptime: uptime, at: now, draw: jitter()) else {
            return failed(failure)
        }
        connection = nil
        phase = .waiting
        lastFailure = failure
        return connectionTimers.map { cancel($0) } + [
            .note(.lost(failure, retryMilliseconds: wait)), .setTimer(.retry, milliseconds: wait),
        ] + awaitConnection()
    }

    /// Replaces a connection on which nothing is under way.
    mutating func rotate() -> [SpeakAction] {
        connection = nil
        phase = .connecting
        return connectionTimers.map { cancel($0) } + [.note(.rotated), .send(.close), .closeSocket, .connect]
            + awaitConnection()
    }

    private var connectionTimers: [SpeakTimer] { [.ping, .age, .clear, .audio, .budget] }

    /// Text must not wait for a connection for ever.
    mutating func awaitConnection() -> [SpeakAction] {
        guard phase != .open, let reply = replies.first, !reply.steps.isEmpty else { return [] }
        return set(.connect, timings.connectMilliseconds)
    }

    // MARK: - The end

    /// The gateway ends the session.
    package mutating func closeRequested() -> [SpeakAction] {
        guard phase == .open else { return phase == .draining ? [] : closed() }
        phase = .draining
        replies = []
        timersSet = []
        return [
            .send(.close), .resumeReading, .cancelTimers,
            .setTimer(.close, milliseconds: timings.closeMilliseconds),
        ]
    }

    /// The link is gone: nobody is left to report to.
    package mutating func linkClosed() -> [SpeakAction] {
        guard phase != .over else { return [] }
        let goodbye: [SpeakAction] = phase == .open ? [.send(.close)] : []
        finish()
        return goodbye + [.closeSocket, .cancelTimers]
    }

    /// The gateway said something it must not say.
    package mutating func violated(_ what: String) -> [SpeakAction] {
        guard phase != .over else { return [] }
        return failed(WorkerFailure(.protocolViolation, detail: "text to speech: " + what))
    }

    /// The session cannot go on.
    mutating func failed(_ failure: WorkerFailure) -> [SpeakAction] {
        let goodbye: [SpeakAction] = phase == .open ? [.send(.close)] : []
        finish()
        return goodbye + [.closeSocket, .cancelTimers, .report(.session(.failed(failure))), .finish]
    }

    /// The session is done.
    private mutating func closed() -> [SpeakAction] {
        guard phase != .over else { return [] }
        finish()
        return [.closeSocket, .cancelTimers, .report(.session(.closed)), .finish]
    }

    private mutating func finish() {
        phase = .over
        connection = nil
        replies = []
        timersSet = []
    }

    // MARK: - Timers

    /// A timer ran out.
    package mutating func timerFired(_ timer: SpeakTimer, at now: Int64) -> [SpeakAction] {
        timersSet.remove(timer)
        switch timer {
        case .words: return wordsWaited(at: now)
        case .stall: return textMayHaveStalled(at: now)
        case .audio: return audioMayBeLate(at: now)
        case .budget: return pump(at: now)
        case .clear: return clearUnanswered(at: now)
        case .connect: return connectionLate(at: now)
        case .close: return phase == .draining ? closed() : []
        case .age: return aged()
        case .ping: return tick(at: now)
        case .retry:
            guard phase == .waiting else { return [] }
            phase = .connecting
            return [.connect]
        }
    }

    private mutating func tick(at now: Int64) -> [SpeakAction] {
        guard phase == .open, var connection else { return [] }
        if isReadingStopped { connection.pings.heard() }
        let action = connection.pings.ticked()
        self.connection = connection
        guard action == .dead else { return [.ping, .setTimer(.ping, milliseconds: PingMonitor.intervalMilliseconds)] }
        return [.abortSocket] + connectionLost(late("deepgram answers no pings"), at: now)
    }

    private mutating func aged() -> [SpeakAction] {
        guard phase == .open else { return [] }
        connection?.isOld = true
        return rotateIfDue()
    }

    /// Replaces an old connection if nothing is under way.
    mutating func rotateIfDue() -> [SpeakAction] {
        guard phase == .open, let connection, connection.isOld, !connection.isClearing else { return [] }
        guard !(replies.first?.isOnWire ?? false) else { return [] }
        return rotate()
    }

    private mutating func connectionLate(at now: Int64) -> [SpeakAction] {
        guard phase == .connecting || phase == .waiting, let reply = replies.first, !reply.steps.isEmpty else {
            return []
        }
        let rest = reply.begunAt + timings.connectMilliseconds - now
        guard rest <= 0 else { return set(.connect, rest) }
        replies.removeFirst()
        let failure = lastFailure ?? late("no connection to deepgram in time")
        return [.report(.failed(generation: reply.generation, failure))] + awaitConnection()
    }

    func late(_ detail: String) -> WorkerFailure {
        WorkerFailure(.timedOut, detail: detail, provider: "deepgram", requestID: connection?.requestID)
    }

    /// Sets a timer that is not set.
    mutating func set(_ timer: SpeakTimer, _ milliseconds: Int64) -> [SpeakAction] {
        guard timersSet.insert(timer).inserted else { return [] }
        return [.setTimer(timer, milliseconds: milliseconds)]
    }

    mutating func cancel(_ timer: SpeakTimer) -> SpeakAction {
        timersSet.remove(timer)
        return .cancelTimer(timer)
    }
}
