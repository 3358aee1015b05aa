package import JSONText
package import Logging
package import NIOCore
import NIOPosix
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
}

/// The link between one event loop of the gateway and one worker instance; carries all the sessions this loop's calls
/// have there.
///
/// Loop-bound. Frames are appended to one buffer and written once per tick. ``WorkerLinkStateMachine`` decides; this
/// class owns the socket, the timers and the table of sessions.
package final class WorkerLink {
    /// Where the worker listens.
    package private(set) var socket: WorkerSocket

    /// Audio bytes dropped because the worker did not read.
    package var droppedAudioBytes: Int { stalled.droppedAudioBytes }

    /// Sessions this loop has on the link.
    package var sessionCount: Int { sessions.count }

    private let eventLoop: any EventLoop
    private let hello: Hello
    private let logger: Logger
    private weak var owner: (any WorkerLinkOwner)?
    private var generator: any RandomNumberGenerator
    private var machine: WorkerLinkStateMachine
    private let heartbeatInterval: Int64
    private var connection: WorkerLinkConnection?
    private var sessions: [UInt32: any WorkerLinkSession] = [:]
    private var lastSession: UInt32 = 0
    private var batch = ByteBuffer()
    private var scratch: [UInt8] = []
    private var isFlushScheduled = false
    private var stalled: StalledFrames
    private var retryTimer: Scheduled<Void>?
    private var beatTimer: Scheduled<Void>?

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
        } else if !stalled.append(kind, session: session, body: ByteBuffer(bytes: bytes), at: now) {
            perform(machine.faulted("control frames cannot be written", using: &generator))
        }
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute { [weak self] in self?.flush() }
    }

    private func flush() {
        isFlushScheduled = false
        guard batch.readableBytes > 0, let connection else {
            batch.clear()
            return
        }
        connection.writeAndFlush(batch)
        batch.clear()
    }

    // MARK: - Events of the socket

    fileprivate func received(_ buffer: inout ByteBuffer, on source: WorkerLinkConnection) {
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

    fileprivate func becameWritable() {
        guard connection?.isWritable == true, !stalled.isEmpty else { return }
        for frame in stalled.takeAll(at: now) {
            // Each was checked against the limit when it came.
            try? LinkFrame.append(frame.kind, session: frame.session, body: frame.body, to: &batch)
        }
        flush()
    }

    fileprivate func closed(_ source: WorkerLinkConnection) {
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

    // MARK: - Actions

    private var now: Int64 { Int64(clamping: eventLoop.now.uptimeNanoseconds / 1_000_000) }

    private func perform(_ actions: [WorkerLinkStateMachine.Action]) {
        for action in actions {
            switch action {
            case .connect: connect()
            case .sendHello(let deadline):
                send(control: LinkMessage.hello(hello).json, session: LinkFrame.linkSession)
                flush()
                let source = connection
                after(deadline) { link in
                    guard link.connection === source else { return }
                    link.perform(link.machine.helloDeadlinePassed(using: &link.generator))
                }
            case .announceOpen:
                logger.info("worker link is up", metadata: ["worker.capacity": "\(machine.capacity)"])
                armBeat()
                owner?.linkOpened(self)
            case .sendHeartbeat:
                send(control: LinkMessage.heartbeat(sessions: sessions.count).json, session: LinkFrame.linkSession)
                armBeat()
            case .announceDraining:
                logger.info("worker is draining")
                armBeat()
                owner?.linkUnavailable(self, failure: nil)
            case .announceLost(let failure): announceLost(failure)
            case .closeSocket: closeSocket()
            case .scheduleRetry(let milliseconds):
                retryTimer?.cancel()
                retryTimer = after(milliseconds) { $0.perform($0.machine.retryDue()) }
            }
        }
    }

    private func connect() {
        let connection = WorkerLinkConnection(link: self)
        self.connection = connection
        connection.connect(to: socket.path, on: eventLoop) { [weak self] succeeded in
            guard let self, self.connection === connection else {
                connection.close()
                return
            }
            if succeeded {
                self.perform(self.machine.connected(at: self.now))
            } else {
                self.connection = nil
                self.perform(self.machine.connectFailed(using: &self.generator))
            }
        }
    }

    private func closeSocket() {
        beatTimer?.cancel()
        beatTimer = nil
        batch.clear()
        stalled.removeAll()
        let closing = connection
        connection = nil
        closing?.close()
    }

    private func announceLost(_ failure: WorkerFailure) {
        logger.info("worker link is lost", metadata: ["error.kind": "\(failure.detail)"])
        let lost = sessions
        sessions.removeAll()
        owner?.linkUnavailable(self, failure: failure)
        for session in lost.keys.sorted() { lost[session]?.linkLost(failure) }
    }

    private func armBeat() {
        beatTimer?.cancel()
        beatTimer = after(heartbeatInterval) { $0.perform($0.machine.beatDue(at: $0.now, using: &$0.generator)) }
    }

    @discardableResult
    private func after(_ milliseconds: Int64, _ body: @escaping (WorkerLink) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
            if let self { body(self) }
        }
    }
}

/// One connection of a link, from connect to close; the next attempt gets a new one.
private final class WorkerLinkConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private weak var link: WorkerLink?
    private var channel: (any Channel)?
    private var unread = ByteBuffer()

    init(link: WorkerLink) {
        self.link = link
    }

    var isWritable: Bool { channel?.isWritable ?? false }

    func connect(to path: String, on eventLoop: any EventLoop, completion: @escaping (Bool) -> Void) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .channelOption(
                .writeBufferWaterMark,
                value: .init(low: WorkerLinkConnection.lowWaterMark, high: WorkerLinkConnection.highWaterMark)
            )
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: WorkerLinkConnection.receiveBufferBytes)
            )
            .connectTimeout(.seconds(1))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(unixDomainSocketPath: path)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    self.channel = channel
                    completion(true)
                    if !channel.isActive { self.link?.closed(self) }
                case .failure: completion(false)
                }
            }
    }

    func writeAndFlush(_ buffer: ByteBuffer) {
        channel?.writeAndFlush(buffer, promise: nil)
    }

    func close() {
        channel?.close(promise: nil)
        channel = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if unread.readableBytes > 0 {
            unread.writeBuffer(&buffer)
            link?.received(&unread, on: self)
            if unread.readableBytes == 0 { unread.clear() }
        } else {
            link?.received(&buffer, on: self)
            if buffer.readableBytes > 0 { unread = ByteBuffer(buffer: buffer) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        link?.becameWritable()
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        link?.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static let lowWaterMark = 64 * 1024
    private static let highWaterMark = 256 * 1024
    private static let receiveBufferBytes = 64 * 1024
}
