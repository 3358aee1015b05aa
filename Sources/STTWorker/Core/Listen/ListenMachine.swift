internal import DeepgramConnection
package import WebSocketTransport
package import WorkerProtocol

/// One call's transcription at Deepgram, without I/O: connection, audio, keep-alive and the transcript.
///
/// Times are milliseconds of one monotonic clock.
///
/// ```
///  connecting ──opened──▶ open ──close wanted──▶ draining ──▶ over
///      ▲   │ failed        │ lost                             ▲
///      │   ▼               ▼                                  │
///      └── waiting ◀───────┘ ── given up, refused for good ───┘
/// ```
package struct ListenMachine: DeepgramMachine {
    enum Phase: Equatable {
        /// An attempt at a connection is under way.
        case connecting
        /// The next attempt comes after a wait.
        case waiting
        /// Audio flows.
        case open
        /// CloseStream was sent; results still come.
        case draining
        /// Nothing happens any more.
        case over
    }

    /// What belongs to one connection and is gone with it.
    struct Connection {
        let requestID: String?
        let openedAt: Int64
        var clock: StreamClock
        var pacer: SendPacer
        var lastSentAt: Int64
        var hasSentCallerAudio = false
        var pings = PingMonitor()
        /// Bytes of speech sent since the provider last said anything.
        var unansweredSpeechBytes = 0
    }

    let timings: ListenTimings
    private let jitter: () -> Double
    var phase = Phase.connecting
    var connection: Connection?
    var audio = CallerAudio()
    var transcript = TranscriptMachine()
    var retry = RetrySchedule()
    private var hasConnected = false

    /// Whether the connection takes more without piling up; kept up to date by the owner.
    package var isWritable = true
    /// When audio last arrived, and since when less than a whole message waits.
    var arrivedAt: Int64 = 0
    var partialSince: Int64 = 0
    var isPartialTimerSet = false
    /// Whether a Finalize is to be sent as soon as all audio before it has been.
    var owesFinalize = false

    /// Makes the state of a session.
    ///
    /// - Parameters:
    ///   - timings: times and sizes.
    ///   - jitter: gives numbers evenly drawn from 0 to 1.
    package init(
        timings: ListenTimings = ListenTimings(),
        jitter: @escaping () -> Double = { Double.random(in: 0...1) }
    ) {
        self.timings = timings
        self.jitter = jitter
    }

    /// Whether the session is over.
    package var isOver: Bool { phase == .over }

    /// How far the caller's audio is transcribed for good, in bytes since the session began.
    package var settledPosition: Int64 { transcript.settledPosition }

    /// The session was opened.
    package mutating func started() -> [ListenAction] {
        [.report(.session(.opened)), .connect]
    }

    // MARK: - Connection

    /// The connection is open.
    package mutating func socketOpened(requestID: String?, at now: Int64) -> [ListenAction] {
        guard phase == .connecting else { return [] }
        audio.rewind()
        phase = .open
        isWritable = true
        connection = Connection(
            requestID: requestID,
            openedAt: now,
            clock: StreamClock(startingAt: audio.next),
            pacer: SendPacer(initialBytes: timings.chunkBytes, at: now),
            lastSentAt: now
        )
        let isReplay = hasConnected
        hasConnected = true
        return [
            .note(.opened(requestID: requestID, isReplay: isReplay)),
            .setTimer(.keepAlive, milliseconds: timings.keepAliveMilliseconds),
            .setTimer(.firstAudio, milliseconds: timings.firstAudioMilliseconds),
            .setTimer(.ping, milliseconds: PingMonitor.intervalMilliseconds),
        ] + pump(at: now)
    }

    /// An attempt at a connection failed.
    package mutating func socketRefused(_ failure: WorkerFailure, at now: Int64) -> [ListenAction] {
        guard phase == .connecting else { return [] }
        return lost(failure, uptime: 0, at: now)
    }

    /// The open connection ended.
    package mutating func socketClosed(_ close: WebSocketClose, at now: Int64) -> [ListenAction] {
        guard let connection else { return [] }
        guard phase == .open else { return ended() }
        let failure = DeepgramFailure.close(close, requestID: connection.requestID)
        guard failure.kind != .protocolViolation else { return failed(failure) }
        return lost(failure, uptime: now - connection.openedAt, at: now)
    }

    /// A ping was answered.
    package mutating func ponged() {
        connection?.pings.heard()
    }

    /// A text message came.
    package mutating func messageReceived(_ message: ListenMessage, at now: Int64) -> [ListenAction] {
        guard var connection else { return [] }
        connection.pings.heard()
        connection.unansweredSpeechBytes = 0
        self.connection = connection
        let wasFinalizing = transcript.isFinalizing
        var actions = transcript.received(message, clock: connection.clock).map(ListenAction.report)
        audio.settle(through: transcript.settledPosition)
        if wasFinalizing, !transcript.isFinalizing { actions.append(.cancelTimer(.finalize)) }
        if transcript.wantsFinalize, phase == .open { actions += finalize(.utteranceEnd, at: now) }
        switch message {
        case .metadata where phase == .draining: actions += ended()
        case .complaint(let text): actions.append(.note(.complaint(text)))
        case .unknown(let type): actions.append(.note(.unknownMessage(type: type)))
        case .malformed: actions.append(.note(.malformedMessage))
        case .results, .speechStarted, .utteranceEnd, .metadata: break
        }
        return actions
    }

    // MARK: - The gateway's wishes

    /// The gateway wants what was heard settled now.
    package mutating func finalizeRequested(at now: Int64) -> [ListenAction] {
        guard phase != .draining, phase != .over else { return [] }
        return finalize(.finalize, at: now)
    }

    private mutating func finalize(_ reason: EndOfTurnReason, at now: Int64) -> [ListenAction] {
        transcript.finalizeSent(reason)
        owesFinalize = true
        return pump(at: now) + [.setTimer(.finalize, milliseconds: timings.finalizeMilliseconds)]
    }

    /// The gateway ends the session.
    package mutating func closeRequested(at now: Int64) -> [ListenAction] {
        guard phase == .open else { return phase == .draining ? [] : ended() }
        let rest = pump(at: now, isPartialDue: true)
        phase = .draining
        return rest + [
            .sendText(.closeStream), .cancelTimers, .setTimer(.drain, milliseconds: timings.drainMilliseconds),
        ]
    }

    /// The link is gone: nobody is left to report to.
    package mutating func linkClosed() -> [ListenAction] {
        guard phase != .over else { return [] }
        let goodbye: [ListenAction] = phase == .open ? [.sendText(.closeStream)] : []
        phase = .over
        connection = nil
        return goodbye + [.closeSocket, .cancelTimers]
    }

    /// The gateway said something it must not say.
    package mutating func violated(_ what: String) -> [ListenAction] {
        guard phase != .over else { return [] }
        return failed(WorkerFailure(.protocolViolation, detail: "speech to text: " + what))
    }

    // MARK: - Timers

    /// A timer ran out.
    package mutating func timerFired(_ timer: ListenTimer, at now: Int64) -> [ListenAction] {
        switch timer {
        case .partial:
            isPartialTimerSet = false
            return pump(at: now)
        case .pacing:
            return pump(at: now)
        case .keepAlive:
            return keepAlive(at: now)
        case .firstAudio:
            return fillFirstAudio(at: now)
        case .finalize:
            owesFinalize = false
            guard transcript.isFinalizing else { return [] }
            return [.note(.finalizeTimedOut)] + transcript.settle().map(ListenAction.report)
        case .drain:
            return phase == .draining ? ended() : []
        case .ping:
            return tick(at: now)
        case .retry:
            guard phase == .waiting else { return [] }
            phase = .connecting
            return [.connect]
        }
    }

    private mutating func keepAlive(at now: Int64) -> [ListenAction] {
        guard phase == .open, var connection else { return [] }
        let rest = connection.lastSentAt + timings.keepAliveMilliseconds - now
        guard rest <= 0 else { return [.setTimer(.keepAlive, milliseconds: rest)] }
        connection.lastSentAt = now
        self.connection = connection
        return [.sendText(.keepAlive), .setTimer(.keepAlive, milliseconds: timings.keepAliveMilliseconds)]
    }

    private mutating func tick(at now: Int64) -> [ListenAction] {
        guard phase == .open, var connection else { return [] }
        let action = connection.pings.ticked()
        self.connection = connection
        guard action == .dead else { return [.ping, .setTimer(.ping, milliseconds: PingMonitor.intervalMilliseconds)] }
        let failure = WorkerFailure(
            .timedOut,
            detail: "deepgram answers no pings",
            provider: "deepgram",
            requestID: connection.requestID
        )
        return [.abortSocket] + lost(failure, uptime: now - connection.openedAt, at: now)
    }

    // MARK: - Ends

    /// The connection is gone; tries again or gives up.
    private mutating func lost(_ failure: WorkerFailure, uptime: Int64, at now: Int64) -> [ListenAction] {
        guard let wait = retry.delay(after: failure, uptime: uptime, at: now, draw: jitter()) else {
            return failed(failure)
        }
        connection = nil
        phase = .waiting
        isPartialTimerSet = false
        transcript.connectionLost()
        let gone: [ListenTimer] = [.partial, .pacing, .keepAlive, .firstAudio, .ping]
        return gone.map(ListenAction.cancelTimer) + [
            .note(.lost(failure, retryMilliseconds: wait)), .setTimer(.retry, milliseconds: wait),
        ]
    }

    /// The session cannot go on.
    mutating func failed(_ failure: WorkerFailure) -> [ListenAction] {
        connection = nil
        phase = .over
        return [.closeSocket, .cancelTimers, .report(.session(.failed(failure))), .finish]
    }

    /// The session is done, with everything said that was heard.
    private mutating func ended() -> [ListenAction] {
        guard phase != .over else { return [] }
        connection = nil
        phase = .over
        return transcript.settle().map(ListenAction.report) + [
            .closeSocket, .cancelTimers, .report(.session(.closed)), .finish,
        ]
    }
}
