internal import NIOCore
internal import NIOHTTP1
internal import WebSocketTransport

/// One connection of the server: requests in, replies out in the same order, and the way to a WebSocket.
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never

    /// How long the other end may take to close after our last reply; what it still sends is dropped meanwhile.
    static let lingerTimeout = TimeAmount.seconds(1)

    private let server: HTTPServerState
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private var machine: HTTPConnectionStateMachine
    private var context: ChannelHandlerContext?
    private var hasBegun = false
    private var remoteAddress: String?
    /// Parts of pipelined requests; bounded, since nothing is read while a reply is under way.
    private var queue = CircularBuffer<HTTPServerRequestPart>()
    private var isReadHeldBack = false
    private weak var responder: HTTPResponder?
    private weak var stream: HTTPBodyStream?
    private var current: (request: HTTPConnectionStateMachine.Request, framing: HTTPReply.Framing)?
    private var outbound = ByteBuffer()
    private var isFlushScheduled = false
    private var timer: Scheduled<Void>?

    init(server: HTTPServerState, decoder: ByteToMessageHandler<HTTPRequestDecoder>) {
        self.server = server
        self.decoder = decoder
        self.machine = HTTPConnectionStateMachine(maximumBodyBytes: server.limits.maximumBodyBytes)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.began() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.ended()
    }

    func channelActive(context: ChannelHandlerContext) {
        self.began()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let isUpgraded = self.machine.isUpgraded
        self.ended()
        if isUpgraded { context.fireChannelInactive() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.machine.isUpgraded else {
            context.fireChannelRead(data)
            return
        }
        self.process(self.unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard !self.machine.isUpgraded else {
            context.fireChannelReadComplete()
            return
        }
        if self.machine.bytesReceived() { self.startTimer(self.server.limits.requestTimeout) }
    }

    func read(context: ChannelHandlerContext) {
        if self.machine.isResponding {
            self.isReadHeldBack = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard !self.machine.isUpgraded else {
            context.fireChannelWritabilityChanged()
            return
        }
        if self.isWritable { self.stream?.onWritable?() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !self.machine.isUpgraded else {
            context.fireErrorCaught(error)
            return
        }
        guard !self.machine.isClosing else { return }
        guard let error = error as? HTTPParserError, !self.machine.isResponding else {
            context.close(promise: nil)
            return
        }
        switch error {
        case .headerOverflow: self.refuse(431)
        case .invalidVersion: self.refuse(505)
        case .invalidEOFState: context.close(promise: nil)
        default: self.refuse(400)
        }
    }

    // MARK: - Requests

    private func began() {
        guard let context = self.context, !self.hasBegun else { return }
        self.hasBegun = true
        self.remoteAddress = context.channel.remoteAddress.flatMap(Self.describe)
        if self.server.isFull {
            self.refuse(503)
        } else {
            self.startTimer(self.server.limits.idleTimeout)
        }
    }

    private func process(_ part: HTTPServerRequestPart) {
        if case .head = part, self.machine.isIdle { self.startTimer(self.server.limits.requestTimeout) }
        switch self.machine.partReceived(part) {
        case .none:
            break
        case .enqueue:
            self.queue.append(part)
        case .continueRequest:
            self.outbound.writeString("HTTP/1.1 100 Continue\r\n\r\n")
            self.scheduleFlush()
        case .dispatch(let request):
            self.dispatch(request)
        case .refuse(let status):
            self.refuse(status)
        }
    }

    private func dispatch(_ request: HTTPConnectionStateMachine.Request) {
        guard let context = self.context else { return }
        self.stopTimer()
        self.current = (request, .none)
        let whole = HTTPRequest(
            method: request.head.method.rawValue,
            target: request.head.uri,
            headers: request.head.headers,
            body: request.body,
            remoteAddress: self.remoteAddress
        )
        let responder = HTTPResponder(
            connection: self,
            request: whole,
            isHTTP11: request.head.version.minor > 0,
            eventLoop: context.eventLoop
        )
        self.responder = responder
        self.server.handler(whole, responder)
    }

    // MARK: - Replies

    /// Whether the channel takes bytes without piling them up.
    var isWritable: Bool { self.context?.channel.isWritable ?? false }

    func reply(_ reply: HTTPReply) {
        guard let current = self.current, self.machine.isResponding else { return }
        let reply = reply.isValid ? reply : HTTPReply.plain(500)
        let closes = self.closes(after: reply)
        reply.writeHead(
            framing: reply.hasNoBody ? .none : .length(reply.body.readableBytes),
            closes: closes,
            to: &self.outbound
        )
        if current.request.head.method != .HEAD, !reply.hasNoBody { self.outbound.writeImmutableBuffer(reply.body) }
        self.replied(closes: closes)
    }

    func beginStream(_ reply: HTTPReply, _ stream: HTTPBodyStream) {
        guard let current = self.current, self.machine.isResponding else { return }
        guard reply.isValid else { return self.reply(.plain(500)) }
        let isHTTP11 = current.request.head.version.minor > 0
        let framing: HTTPReply.Framing = reply.hasNoBody ? .none : isHTTP11 ? .chunked : .untilEnd
        let closes = self.closes(after: reply) || framing == .untilEnd
        reply.writeHead(framing: framing, closes: closes, to: &self.outbound)
        self.scheduleFlush()
        let isBodyless = reply.hasNoBody || current.request.head.method == .HEAD
        self.current = (
            .init(head: current.request.head, body: ByteBuffer(), keepsAlive: !closes),
            isBodyless ? .none : framing
        )
        self.stream = stream
        stream.attach(to: self)
    }

    func writeBody(_ bytes: ByteBuffer) {
        guard let current = self.current, bytes.readableBytes > 0 else { return }
        let held = self.isWritable ? 0 : self.channelBufferedBytes
        let waiting = held + self.outbound.readableBytes + bytes.readableBytes
        guard waiting <= self.server.limits.maximumBufferedBytes else { return self.abort() }
        switch current.framing {
        case .chunked: HTTPReply.writeChunk(bytes, to: &self.outbound)
        case .untilEnd, .length: self.outbound.writeImmutableBuffer(bytes)
        case .none: return
        }
        self.scheduleFlush()
    }

    func finishBody() {
        guard let current = self.current else { return }
        if current.framing == .chunked { self.outbound.writeString("0\r\n\r\n") }
        self.replied(closes: !current.request.keepsAlive)
    }

    /// Cuts the connection; whoever waits on it is told when it is gone.
    func abort() {
        self.machine.closed()
        self.outbound.clear()
        self.context?.close(promise: nil)
    }

    /// A responder was let go without an answer.
    func responderDropped() {
        self.reply(.plain(500))
    }

    /// A stream was let go unfinished.
    func streamDropped() {
        self.abort()
    }

    private func closes(after reply: HTTPReply) -> Bool {
        !self.machine.keepsAlive || reply.wantsClose || self.server.isDraining
    }

    private func replied(closes: Bool) {
        self.current = nil
        self.scheduleFlush()
        guard self.machine.replied(closes: closes || self.server.isDraining) else {
            self.queue.removeAll()
            self.closeAfterFlush()
            return
        }
        self.startTimer(self.server.limits.idleTimeout)
        self.context?.eventLoop.assumeIsolated().execute { self.resume() }
    }

    /// Goes on with pipelined requests, in a turn of its own: the application is still inside its reply.
    private func resume() {
        while !self.machine.isResponding, let part = self.queue.popFirst() { self.process(part) }
        guard self.isReadHeldBack, !self.machine.isResponding else { return }
        self.isReadHeldBack = false
        self.context?.read()
    }

    /// Answers with an error of the server's own and closes.
    private func refuse(_ status: Int) {
        self.machine.closed()
        self.queue.removeAll()
        let reply = HTTPReply.plain(status)
        reply.writeHead(framing: .length(reply.body.readableBytes), closes: true, to: &self.outbound)
        self.outbound.writeImmutableBuffer(reply.body)
        self.closeAfterFlush()
    }

    // MARK: - Upgrade

    func upgrade(
        accept: String,
        headers: [(String, String)],
        limits: WebSocketLimits,
        delegate: any WebSocketDelegate
    ) -> WebSocket? {
        guard let context = self.context, self.machine.isResponding else { return nil }
        let isValid = headers.allSatisfy { HTTPFieldSyntax.isValidName($0.0) && HTTPFieldSyntax.isValidValue($0.1) }
        guard isValid else {
            self.reply(.plain(500))
            return nil
        }
        do {
            let socket = try WebSocket.adopt(context.channel, role: .server, limits: limits, delegate: delegate)
            self.outbound.writeString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
            self.outbound.writeString("Connection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n")
            for (name, value) in headers { self.outbound.writeString("\(name): \(value)\r\n") }
            self.outbound.writeString("\r\n")
            self.flush(promise: nil)
            self.machine.upgraded()
            self.current = nil
            self.stopTimer()
            self.leavePipeline(context)
            return socket
        } catch {
            self.abort()
            return nil
        }
    }

    /// Removes the parser, which then passes on what it has not used, and after it this handler.
    private func leavePipeline(_ context: ChannelHandlerContext) {
        let operations = context.pipeline.syncOperations
        operations.removeHandler(self.decoder).assumeIsolated().whenComplete { _ in
            guard self.context != nil else { return }
            operations.removeHandler(self, promise: nil)
        }
        if self.isReadHeldBack {
            self.isReadHeldBack = false
            context.read()
        }
    }

    // MARK: - Writing, timing, ending

    private var channelBufferedBytes: Int {
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func scheduleFlush() {
        guard !self.isFlushScheduled, let context = self.context else { return }
        self.isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.flush(promise: nil)
        }
    }

    private func flush(promise: EventLoopPromise<Void>?) {
        guard let context = self.context, self.outbound.readableBytes > 0 else {
            promise?.succeed(())
            return
        }
        context.writeAndFlush(NIOAny(self.outbound), promise: promise)
        self.outbound = ByteBuffer()
    }

    /// Sends what waits and our end of the stream, then gives the other end time to close.
    ///
    /// Closing at once while bytes are still coming in would make the kernel discard the reply.
    private func closeAfterFlush() {
        guard let context = self.context else { return }
        self.startTimer(Self.lingerTimeout)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.context?.close(mode: .output, promise: nil)
        }
        self.flush(promise: written)
        self.resumeReading()
    }

    private func resumeReading() {
        guard self.isReadHeldBack else { return }
        self.isReadHeldBack = false
        self.context?.read()
    }

    private func startTimer(_ delay: TimeAmount) {
        self.timer?.cancel()
        self.timer = self.context?.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.timedOut() }
    }

    private func stopTimer() {
        self.timer?.cancel()
        self.timer = nil
    }

    private func timedOut() {
        self.timer = nil
        if self.machine.isReceiving {
            self.refuse(408)
        } else {
            self.machine.closed()
            self.context?.close(promise: nil)
        }
    }

    private func ended() {
        guard self.context != nil else { return }
        self.context = nil
        self.stopTimer()
        self.queue.removeAll()
        self.current = nil
        guard !self.machine.isUpgraded else { return }
        self.machine.closed()
        let responder = self.responder
        let stream = self.stream
        self.responder = nil
        self.stream = nil
        responder?.disconnected()
        stream?.disconnected()
    }

    private static func describe(_ address: SocketAddress) -> String? {
        guard let ip = address.ipAddress, let port = address.port else { return nil }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
