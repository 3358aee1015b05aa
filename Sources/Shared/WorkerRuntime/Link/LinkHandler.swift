internal import JSONText
internal import Logging
internal import NIOCore
internal import Observability
internal import WorkerProtocol

/// What all links of a worker share.
struct LinkEnvironment: Sendable {
    let service: any WorkerService
    let instance: String
    let release: String
    let admission: SessionAdmission
    let metrics: WorkerMetrics
    let settings: LinkSettings
    let logger: Logger
}

/// The worker's end of one link, with the sessions it carries.
///
/// Loop-bound. ``LinkStateMachine`` decides about the link; this class owns the timers and the table of sessions. Frames
/// are handed to sessions directly, as slices of the read buffer, and do not travel the pipeline. A session's fault ends
/// that session, a fault of the framing ends the link.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Entry {
        let session: any WorkerSession
        let outbox: SessionOutbox
    }

    let environment: LinkEnvironment
    private(set) var logger: Logger
    let eventLoop: any EventLoop
    private let channel: any Channel
    let writer: LinkWriter
    var machine: LinkStateMachine
    /// Sessions open on this link.
    var sessions: [UInt32: Entry] = [:]
    /// The session being opened: it may speak, end, or fault before it is in the table.
    var opening: UInt32?
    var openingFault: WorkerFailure?
    private var pending: ByteBuffer?
    private var timer: Scheduled<Void>?
    /// Called once when the link has ended.
    private let onClose: (LinkHandler) -> Void

    /// The end of a link that has just been accepted.
    init(
        channel: any Channel,
        environment: LinkEnvironment,
        link: Int,
        onClose: @escaping (LinkHandler) -> Void = { _ in }
    ) {
        self.channel = channel
        self.environment = environment
        self.onClose = onClose
        eventLoop = channel.eventLoop
        logger = environment.logger
        logger[metadataKey: "link"] = "\(link)"
        writer = LinkWriter(channel: channel, settings: environment.settings, metrics: environment.metrics)
        machine = LinkStateMachine(acceptedAt: channel.eventLoop.now, settings: environment.settings)
        writer.owner = self
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin() }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        machine.bytesReceived(at: eventLoop.now)
        if var rest = pending {
            pending = nil
            rest.writeBuffer(&buffer)
            buffer = rest
        }
        do {
            try LinkFrameDecoder().decode(&buffer) { kind, session, body in
                environment.metrics.framesIn[kind].increment()
                received(kind, session: session, body: body)
                return !machine.isClosed
            }
        } catch {
            close(.badFrame, error.description)
        }
        // At most one incomplete frame is left, so this is bounded by the frame's limit and one read.
        if buffer.readableBytes > 0, !machine.isClosed { pending = buffer.slice() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writer.writabilityChanged(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(.transport, String(describing: error))
    }

    // MARK: - From the server

    /// Tells the gateway and all sessions that the process is stopping politely.
    func drain() {
        guard machine.isOpen else { return }
        writer.send(.draining)
        for entry in Array(sessions.values) { entry.session.drain() }
    }

    /// Ends the link and all its sessions.
    func close() {
        end()
        channel.close(promise: nil)
    }

    // MARK: - Life of the link

    private var hasBegun = false

    private func begin() {
        guard !hasBegun else { return }
        hasBegun = true
        environment.metrics.links.add(1)
        let hello = Hello(
            role: environment.service.role.rawValue,
            instance: environment.instance,
            release: environment.release,
            capacity: environment.admission.capacity,
            sessions: environment.admission.sessions
        )
        writer.send(.hello(hello))
        schedule(environment.settings.helloDeadline) { link in
            if link.machine.helloDeadlinePassed() { link.close(.helloTimeout, "no hello in time") }
        }
    }

    private func beat() {
        switch machine.beatDue(at: eventLoop.now) {
        case .sendHeartbeat:
            // A peer that does not read finds enough of ours when it does.
            if writer.isWritable { writer.send(.heartbeat(sessions: environment.admission.sessions)) }
            schedule(environment.settings.heartbeatInterval) { $0.beat() }
        case .closeLink: close(.silence, "the gateway fell silent")
        case .none: break
        }
    }

    private func schedule(_ delay: TimeAmount, _ action: @escaping (LinkHandler) -> Void) {
        timer?.cancel()
        timer = eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            if let self { action(self) }
        }
    }

    func close(_ fault: WorkerMetrics.LinkFault, _ reason: String) {
        guard !machine.isClosed else { return }
        environment.metrics.count(fault: fault)
        logger.warning("Link closed", metadata: ["reason": "\(reason)", "sessions": "\(sessions.count)"])
        close()
    }

    /// The single end of the link, whoever ended it.
    private func end() {
        guard machine.linkClosed() else { return }
        timer?.cancel()
        timer = nil
        writer.close()
        if hasBegun { environment.metrics.links.add(-1) }
        let ended = sessions
        sessions.removeAll()
        for entry in ended.values { end(entry) }
        onClose(self)
    }

    // MARK: - Frames

    private func received(_ kind: LinkFrameKind, session: UInt32, body: ByteBuffer) {
        guard session != LinkFrame.linkSession else {
            receivedOnLink(kind, body)
            return
        }
        do {
            try machine.sessionFrameReceived()
        } catch {
            close(.badHello, error.description)
            return
        }
        switch (kind, sessions[session]) {
        case (.audio, let entry?): entry.session.receive(audio: body)
        case (.text, let entry?): entry.session.receive(text: body)
        case (.control, let entry): receivedControl(body, session: session, entry: entry)
        case (_, nil): environment.metrics.lateFrames.increment()
        }
    }

    private func receivedControl(_ body: ByteBuffer, session: UInt32, entry: Entry?) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(body.readableBytesUInt8Span)
        } catch {
            violated(session, "a control frame is not JSON: \(error)")
            return
        }
        guard let type = value["type"]?.stringValue else {
            violated(session, ControlMessageError.notAMessage.description)
            return
        }
        switch (type == "open", entry) {
        case (false, let entry?): entry.session.receive(control: value)
        case (true, nil): open(session, value)
        case (true, .some): violated(session, "the session is open already")
        case (false, nil): environment.metrics.lateFrames.increment()
        }
    }

    private func receivedOnLink(_ kind: LinkFrameKind, _ body: ByteBuffer) {
        guard kind == .control, let value = try? JSONValue.parse(body.readableBytesUInt8Span) else {
            close(.badFrame, "a frame of session 0 is not a control message")
            return
        }
        do {
            let message = try LinkMessage(json: value)
            guard case .linkOpened(let version) = try machine.messageReceived(message) else { return }
            opened(message, version: version)
        } catch let error as LinkError {
            close(.badHello, error.description)
        } catch {
            // A newer release may say more about a link than this one knows; only hello is a must.
            if !machine.isOpen { close(.badHello, String(describing: error)) }
        }
    }

    private func opened(_ message: LinkMessage, version: Int) {
        if case .hello(let hello) = message {
            logger[metadataKey: "peer"] = "\(hello.role)/\(hello.instance)"
            logger.info("Link is up", metadata: ["version": "\(version)", "release": "\(hello.release)"])
        }
        if environment.admission.isDraining { writer.send(.draining) }
        schedule(environment.settings.heartbeatInterval) { $0.beat() }
    }
}
