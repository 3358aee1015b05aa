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

    private struct Entry {
        let session: any WorkerSession
        let outbox: SessionOutbox
    }

    private let environment: LinkEnvironment
    private var logger: Logger
    private let eventLoop: any EventLoop
    private let channel: any Channel
    private let writer: LinkWriter
    private var machine: LinkStateMachine
    private var sessions: [UInt32: Entry] = [:]
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

    private func close(_ fault: WorkerMetrics.LinkFault, _ reason: String) {
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

    // MARK: - Sessions

    private func open(_ session: UInt32, _ value: JSONValue) {
        if let refusal = environment.admission.enter() {
            let detail = refusal == .draining ? "the worker is draining" : "the worker is full"
            refuse(session, WorkerFailure(.overloaded, detail: detail), refusal)
            return
        }
        var sessionLogger = logger
        sessionLogger[metadataKey: "session"] = "\(session)"
        if let call = value["call"]?.stringValue { sessionLogger[metadataKey: "call.sid"] = "\(call)" }
        let outbox = SessionOutbox(session: session, eventLoop: eventLoop, logger: sessionLogger, sink: writer)
        opening = session
        defer {
            opening = nil
            openingFault = nil
        }
        let opened: any WorkerSession
        do {
            opened = try environment.service.openSession(control: value, outbox: outbox)
        } catch {
            guard !outbox.isFinished else { return }
            outbox.linkEnded()
            environment.admission.leave()
            refuse(session, error, .service)
            return
        }
        environment.metrics.opened.increment()
        guard !outbox.isFinished else { return }
        let entry = Entry(session: opened, outbox: outbox)
        guard !machine.isClosed else {
            end(entry)
            return
        }
        sessions[session] = entry
        if let openingFault { endFaulted(session, openingFault) }
    }

    /// The session being opened: it may speak, end, or fault before it is in the table.
    private var opening: UInt32?
    private var openingFault: WorkerFailure?

    private func end(_ entry: Entry) {
        entry.outbox.linkEnded()
        environment.admission.leave()
        entry.session.linkClosed()
    }

    private func endFaulted(_ session: UInt32, _ failure: WorkerFailure) {
        guard let entry = sessions.removeValue(forKey: session) else { return }
        environment.metrics.violations.increment()
        entry.outbox.logger.warning("Session ended", metadata: ["reason": "\(failure.detail)"])
        writer.append(control: SessionMessage.failed(failure).json, session: session)
        end(entry)
    }

    private func refuse(_ session: UInt32, _ failure: WorkerFailure, _ reason: WorkerMetrics.Refusal) {
        environment.metrics.count(refused: reason)
        logger.info(
            "Session refused",
            metadata: ["session": "\(session)", "reason": "\(reason.rawValue)", "detail": "\(failure.detail)"]
        )
        writer.append(control: SessionMessage.refused(failure).json, session: session)
    }

    /// A control frame that is no message ends its session; a session that is not open is told so, too.
    private func violated(_ session: UInt32, _ detail: String) {
        let failure = WorkerFailure(.protocolViolation, detail: detail)
        guard sessions[session] == nil else {
            endFaulted(session, failure)
            return
        }
        environment.metrics.violations.increment()
        writer.append(control: SessionMessage.failed(failure).json, session: session)
    }
}

extension LinkHandler: LinkWriterOwner {
    func sessionFinished(_ session: UInt32) {
        sessions[session] = nil
        environment.admission.leave()
    }

    func sessionFaulted(_ session: UInt32, _ failure: WorkerFailure) {
        if opening == session { openingFault = failure } else { endFaulted(session, failure) }
    }

    func writerOverflowed() {
        close(.backlog, "the gateway does not read: control messages cannot be kept")
    }

    func writerBecameWritable() {
        for entry in Array(sessions.values) where !entry.outbox.isFinished { entry.session.linkBecameWritable() }
    }
}
