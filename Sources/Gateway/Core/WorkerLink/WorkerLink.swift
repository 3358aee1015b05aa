package import JSONText
package import Logging
package import NIOCore
package import WorkerProtocol

/// What a link hands the frames of one session to; all calls on the link's loop.
package protocol WorkerLinkSession: AnyObject {
    /// A control message of the session.
    func linkReceived(control: JSONValue)

    /// A piece of audio.
    func linkReceived(audio: ByteBuffer)

    /// A piece of text.
    func linkReceived(text: ByteBuffer)

    /// The link is gone, and the session with it; the last call for this session.
    func linkLost(_ failure: WorkerFailure)
}

/// What a link tells the pool it belongs to.
package protocol WorkerLinkOwner: AnyObject {
    /// Sessions may be opened on this link.
    func linkOpened(_ link: WorkerLink)

    /// The link takes no new sessions: it drains, or it is lost.
    func linkUnavailable(_ link: WorkerLink, failure: WorkerFailure?)

    /// Audio was dropped because the worker did not read.
    func link(_ link: WorkerLink, droppedAudioBytes bytes: Int)
}

/// The link between one event loop of the gateway and one worker instance; carries all the sessions this loop's calls
/// have there.
///
/// Loop-bound. Frames are appended to one buffer and written once per tick. ``WorkerLinkStateMachine`` decides; this
/// class owns the socket, the timers and the table of sessions.
package final class WorkerLink {
    /// Where the worker listens.
    package private(set) var socket: WorkerSocket

    /// Sessions this loop has on the link.
    package var sessionCount: Int { sessions.count }

    let eventLoop: any EventLoop
    let hello: Hello
    let logger: Logger
    weak var owner: (any WorkerLinkOwner)?
    var generator: any RandomNumberGenerator
    var machine: WorkerLinkStateMachine
    let heartbeatInterval: Int64
    var connection: WorkerLinkConnection?
    var sessions: [UInt32: any WorkerLinkSession] = [:]
    private var lastSession: UInt32 = 0
    var batch = ByteBuffer()
    private var scratch: [UInt8] = []
    private var isFlushScheduled = false
    var stalled: StalledFrames
    var retryTimer: Scheduled<Void>?
    var beatTimer: Scheduled<Void>?

    /// Makes a link that does nothing until ``start()``.
    ///
    /// - Parameters:
    ///   - socket: the worker's socket.
    ///   - eventLoop: the loop everything here runs on.
    ///   - hello: what this side says first.
    ///   - settings: times of the link.
    ///   - stalledLimits: bounds of what waits when the worker does not read.
    ///   - generator: where the jitter of retries comes from.
    ///   - logger: gets changes of the link's state.
    ///   - owner: hears of those changes.
    package init(
        socket: WorkerSocket,
        eventLoop: any EventLoop,
        hello: Hello,
        settings: WorkerLinkStateMachine.Settings = .init(),
        stalledLimits: StalledFrames.Limits = .init(),
        generator: any RandomNumberGenerator,
        logger: Logger,
        owner: any WorkerLinkOwner
    ) {
        self.socket = socket
        self.eventLoop = eventLoop
        self.hello = hello
        self.generator = generator
        self.owner = owner
        var logger = logger
        logger[metadataKey: "worker"] = "\(socket.role.rawValue)/\(socket.instance)"
        self.logger = logger
        machine = WorkerLinkStateMachine(role: socket.role, settings: settings)
        heartbeatInterval = settings.heartbeatInterval
        stalled = StalledFrames(limits: stalledLimits)
    }

    /// Whether a new session may be opened here.
    package var hasRoom: Bool { machine.isOpen && sessions.count < machine.capacity }

    /// Whether the link is up.
    package var isOpen: Bool { machine.isOpen }

    /// Whether a socket is open or being opened.
    package var isConnected: Bool { connection != nil }

    /// Own sessions against what the worker takes, for choosing the least loaded.
    package var load: Double { Double(sessions.count) / Double(max(1, machine.capacity)) }

    /// Begins to connect.
    package func start() {
        perform(machine.retryDue())
    }

    /// Ends the link for good; its sessions are lost.
    package func stop() {
        owner = nil
        perform(machine.stop())
        retryTimer?.cancel()
        retryTimer = nil
    }

    /// The directory shows another socket under the same name: do not wait for the retry time.
    package func socketReplaced(by socket: WorkerSocket) {
        self.socket = socket
        perform(machine.socketReplaced())
    }

    // MARK: - Sessions

    /// Adds a session and numbers it; the caller sends `open` next.
    package func addSession(_ session: any WorkerLinkSession) -> UInt32 {
        repeat { lastSession &+= 1 } while lastSession == LinkFrame.linkSession || sessions[lastSession] != nil
        sessions[lastSession] = session
        return lastSession
    }

    /// Forgets a session; what still comes for it is dropped.
    package func removeSession(_ session: UInt32) {
        sessions[session] = nil
    }

    /// Sends one control message of a session.
    ///
    /// - Returns: `false` when it is over the frame's limit; nothing is sent then.
    @discardableResult
    package func send(control: JSONValue, session: UInt32) -> Bool {
        scratch.removeAll(keepingCapacity: true)
        control.serialize(into: &scratch)
        guard scratch.count <= LinkFrame.maximumBody else { return false }
        send(.control, session: session, bytes: scratch)
        return true
    }

    /// Sends one piece of text of a session; text over a frame's limit is sent in several.
    package func send(text: String, session: UInt32) {
        for piece in LinkText.pieces(of: text, maximumBytes: LinkFrame.maximumBody) {
            send(.text, session: session, bytes: Array(piece.utf8))
        }
    }

    /// Sends mu-law audio of a session, at most a frame's body.
    package func send(audio: [UInt8], session: UInt32) {
        send(.audio, session: session, bytes: audio)
    }

    private func send(_ kind: LinkFrameKind, session: UInt32, bytes: [UInt8]) {
        guard let connection else { return }
        if stalled.isEmpty, connection.isWritable {
            do {
                try LinkFrame.append(kind, session: session, bytes: bytes, to: &batch)
                scheduleFlush()
            } catch {
                logger.error("a frame does not fit the link", metadata: ["error.kind": "\(error)"])
            }
        } else {
            let before = stalled.droppedAudioBytes
            let isKept = stalled.append(kind, session: session, body: ByteBuffer(bytes: bytes), at: now)
            reportDropped(since: before)
            if !isKept { perform(machine.faulted("control frames cannot be written", using: &generator)) }
        }
    }

    private func reportDropped(since before: Int) {
        let dropped = stalled.droppedAudioBytes - before
        if dropped > 0 { owner?.link(self, droppedAudioBytes: dropped) }
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute { [weak self] in self?.flush() }
    }

    func flush() {
        isFlushScheduled = false
        guard batch.readableBytes > 0, let connection else {
            batch.clear()
            return
        }
        connection.writeAndFlush(batch)
        batch.clear()
    }

    // MARK: - Events of the socket

    func received(_ buffer: inout ByteBuffer, on source: WorkerLinkConnection) {
        machine.frameReceived(at: now)
        do {
            try LinkFrameDecoder().decode(&buffer) { kind, session, body in
                dispatch(kind, session: session, body: body)
                return connection === source
            }
        } catch {
            perform(machine.faulted(error.description, using: &generator))
        }
    }

    func becameWritable() {
        guard connection?.isWritable == true, !stalled.isEmpty else { return }
        let before = stalled.droppedAudioBytes
        let waiting = stalled.takeAll(at: now)
        reportDropped(since: before)
        for frame in waiting {
            // Each was checked against the limit when it came.
            try? LinkFrame.append(frame.kind, session: frame.session, body: frame.body, to: &batch)
        }
        flush()
    }

    func closed(_ source: WorkerLinkConnection) {
        guard connection === source else { return }
        perform(machine.socketClosed(using: &generator))
    }

    private func dispatch(_ kind: LinkFrameKind, session: UInt32, body: ByteBuffer) {
        guard session != LinkFrame.linkSession else {
            receivedOnLink(kind, body)
            return
        }
        guard let receiver = sessions[session] else { return }
        switch kind {
        case .audio: receiver.linkReceived(audio: body)
        case .text: receiver.linkReceived(text: body)
        case .control:
            if let value = try? JSONValue.parse(body.readableBytesUInt8Span) {
                receiver.linkReceived(control: value)
            } else {
                sessions[session] = nil
                send(control: SessionMessage.close.json, session: session)
                receiver.linkLost(WorkerFailure(.protocolViolation, detail: "a control frame is not JSON"))
            }
        }
    }

    private func receivedOnLink(_ kind: LinkFrameKind, _ body: ByteBuffer) {
        guard kind == .control, let value = try? JSONValue.parse(body.readableBytesUInt8Span) else {
            perform(machine.faulted("a frame of session 0 is not a control message", using: &generator))
            return
        }
        do {
            perform(machine.received(try LinkMessage(json: value), at: now, using: &generator))
        } catch {
            // A newer release may say more about the link than this one knows; only hello is a must.
            if !machine.carriesSessions {
                perform(machine.faulted(error.description, using: &generator))
            }
        }
    }
}
