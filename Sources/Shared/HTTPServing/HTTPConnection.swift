internal import NIOCore
internal import NIOHTTP1
internal import WebSocketTransport

/// One connection of the server: requests in, replies out in the same order, and the way to a WebSocket.
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never

    /// Sent through the pipeline when the server stops: a connection without a request closes.
    struct DrainEvent: Sendable {}

    /// How long the other end may take to close after our last reply; what it still sends is dropped meanwhile.
    static let lingerTimeout = TimeAmount.seconds(1)
    /// With so many bytes written in one turn of the loop a body is not writable until the next.
    private static let maximumTurnBytes = 64 * 1024

    private let server: HTTPServerState
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let gate: UpgradeGate
    private var machine: HTTPConnectionStateMachine
    private var writer = HTTPReplyWriter()
    /// Nil before and after the connection.
    private var context: ChannelHandlerContext?
    private var hasBegun = false
    private var remoteAddress: String?
    /// Parts of pipelined requests; bounded, since nothing is read while a reply is under way.
    private var queue = CircularBuffer<HTTPServerRequestPart>()
    private var isReadHeldBack = false
    /// Whether the read under way has given a part of a request.
    private var hasReadParts = false
    private weak var responder: HTTPResponder?
    private weak var stream: HTTPBodyStream?
    private var isFlushScheduled = false
    /// Whether the body was not writable because of what was written in this turn alone.
    private var hasFilledTurn = false
    private var timer: Scheduled<Void>?

    init(server: HTTPServerState, decoder: ByteToMessageHandler<HTTPRequestDecoder>, gate: UpgradeGate) {
        self.server = server
        self.decoder = decoder
        self.gate = gate
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
        guard !self.machine.isUpgraded else { return context.fireChannelRead(data) }
        self.hasReadParts = true
        let part = self.unwrapInboundIn(data)
        if self.queue.isEmpty {
            self.process(part)
        } else {
            self.queue.append(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard !self.machine.isUpgraded else { return context.fireChannelReadComplete() }
        // A read without a part left the parser inside a head.
        if !self.hasReadParts, self.machine.bytesReceived() { self.startTimer(self.server.limits.requestTimeout) }
        self.hasReadParts = false
    }

    func read(context: ChannelHandlerContext) {
        if self.machine.exchange == nil {
            context.read()
        } else {
            self.isReadHeldBack = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard !self.machine.isUpgraded else { return context.fireChannelWritabilityChanged() }
        if self.isWritable { self.stream?.onWritable?() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is DrainEvent else { return context.fireUserInboundEventTriggered(event) }
        if self.machine.isIdle { self.abort() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !self.machine.isUpgraded else { return context.fireErrorCaught(error) }
        guard !(error is IOError) else { return context.close(promise: nil) }
        if let status = self.machine.parserFailed(error as? HTTPParserError) { self.refuse(status) }
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
            self.writer.writeContinue()
            self.scheduleFlush()
        case .dispatch(let head, let body):
            self.dispatch(head, body)
        case .refuse(let status):
            self.refuse(status)
        }
    }

    private func dispatch(_ head: HTTPRequestHead, _ body: ByteBuffer) {
        guard let context = self.context else { return }
        self.stopTimer()
        let request = HTTPRequest(
            method: head.method.rawValue,
            target: head.uri,
            headers: head.headers,
            body: body,
            remoteAddress: self.remoteAddress
        )
        let responder = HTTPResponder(
            connection: self,
            request: request,
            isHTTP11: head.version.minor > 0,
            eventLoop: context.eventLoop
        )
        self.responder = responder
        self.server.handler(request, responder)
    }

    /// Goes on with pipelined requests, in a turn of its own: the application is still inside its reply.
    private func resume() {
        while self.machine.exchange == nil, let part = self.queue.popFirst() { self.process(part) }
        if self.machine.exchange == nil { self.readOn() }
    }

    private func readOn() {
        guard self.isReadHeldBack else { return }
        self.isReadHeldBack = false
        self.context?.read()
    }

    // MARK: - Replies

    /// Whether more bytes would not pile up.
    var isWritable: Bool {
        guard let context = self.context else { return false }
        return context.channel.isWritable && self.writer.byteCount < Self.maximumTurnBytes
    }

    func reply(_ reply: HTTPReply) {
        guard let exchange = self.machine.exchange else { return }
        let reply = reply.isValid ? reply : HTTPReply.plain(500)
        let closes = self.closes(after: reply, exchange)
        self.writer.write(reply, to: exchange, closes: closes)
        self.finish(closes: closes)
    }

    func beginStream(_ reply: HTTPReply, _ stream: HTTPBodyStream) {
        guard let exchange = self.machine.exchange else { return }
        guard reply.isValid else { return self.reply(.plain(500)) }
        if self.writer.begin(reply, to: exchange, closes: self.closes(after: reply, exchange)) {
            self.machine.closeAnnounced()
        }
        self.stream = stream
        stream.attach(to: self)
        self.scheduleFlush()
    }

    func writeBody(_ bytes: ByteBuffer) {
        guard self.machine.exchange != nil else { return }
        let held = self.context?.channel.isWritable == true ? 0 : self.channelBufferedBytes
        let waiting = held + self.writer.byteCount + bytes.readableBytes
        guard waiting <= self.server.limits.maximumBufferedBytes else { return self.abort() }
        self.writer.writeBody(bytes)
        if self.writer.byteCount >= Self.maximumTurnBytes { self.hasFilledTurn = true }
        self.scheduleFlush()
    }

    func finishBody() {
        guard self.machine.exchange != nil else { return }
        self.writer.finishBody()
        self.finish(closes: false)
    }

    /// Sends what has been written of the body and cuts the connection.
    func abortBody() {
        self.flush(promise: nil)
        self.abort()
    }

    /// Cuts the connection in a later turn of the loop; whoever waits on it is told when it is gone.
    func abort() {
        self.machine.closed()
        self.writer.clear()
        self.context?.eventLoop.assumeIsolated().execute { self.context?.close(promise: nil) }
    }

    /// A responder was let go without an answer.
    func responderDropped() {
        self.reply(.plain(500))
    }

    /// A stream was let go unfinished.
    func streamDropped() {
        self.abortBody()
    }

    func upgrade(
        accept: String,
        headers: [(String, String)],
        limits: WebSocketLimits,
        delegate: any WebSocketDelegate
    ) -> WebSocket? {
        guard let context = self.context, self.machine.exchange != nil else { return nil }
        guard HTTPReply.areValid(headers) else {
            self.reply(.plain(500))
            return nil
        }
        do {
            let socket = try WebSocket.adopt(context.channel, role: .server, limits: limits, delegate: delegate)
            self.writer.writeUpgrade(accept: accept, headers: headers)
            self.flush(promise: nil)
            self.machine.upgraded()
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
        self.gate.shut()
        operations.removeHandler(self.decoder).assumeIsolated().whenComplete { _ in
            guard let gateContext = try? operations.context(handler: self.gate) else { return }
            self.gate.open(gateContext)
            operations.removeHandler(self.gate, promise: nil)
            operations.removeHandler(self, promise: nil)
        }
        self.readOn()
    }

    private func closes(after reply: HTTPReply, _ exchange: HTTPExchange) -> Bool {
        !exchange.keepsAlive || reply.wantsClose || self.server.isDraining
    }

    private func finish(closes: Bool) {
        if closes { self.machine.closeAnnounced() }
        guard self.machine.replied() else { return self.closeAfterFlush() }
        self.scheduleFlush()
        self.startTimer(self.server.limits.idleTimeout)
        self.context?.eventLoop.assumeIsolated().execute { self.resume() }
    }

    /// Answers with an error of the server's own and closes.
    private func refuse(_ status: Int) {
        self.machine.closed()
        self.writer.write(.plain(status), to: HTTPExchange(), closes: true)
        self.closeAfterFlush()
    }

    // MARK: - Writing

    private var channelBufferedBytes: Int {
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Has everything that is written in this turn of the loop sent at its end.
    private func scheduleFlush() {
        guard !self.isFlushScheduled, let context = self.context else { return }
        self.isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.flush(promise: nil)
            guard self.hasFilledTurn else { return }
            self.hasFilledTurn = false
            if self.isWritable { self.stream?.onWritable?() }
        }
    }

    private func flush(promise: EventLoopPromise<Void>?) {
        guard let context = self.context, self.writer.byteCount > 0 else {
            promise?.succeed(())
            return
        }
        context.writeAndFlush(NIOAny(self.writer.take()), promise: promise)
    }

    /// Sends what waits and our end of the stream, then gives the other end time to close.
    ///
    /// Closing at once while bytes are still coming in would make the kernel discard the reply.
    private func closeAfterFlush() {
        guard let context = self.context else { return }
        self.queue.removeAll()
        self.startTimer(self.server.limits.idleTimeout)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.startTimer(Self.lingerTimeout)
            self.context?.close(mode: .output, promise: nil)
        }
        self.flush(promise: written)
        self.readOn()
    }

    // MARK: - Time and end

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
            self.abort()
        }
    }

    private func ended() {
        guard self.context != nil else { return }
        self.context = nil
        self.stopTimer()
        self.queue.removeAll()
        guard !self.machine.isUpgraded else { return }
        self.machine.closed()
        let responder = self.responder
        let stream = self.stream
        responder?.disconnected()
        stream?.disconnected()
    }

    private static func describe(_ address: SocketAddress) -> String? {
        guard let ip = address.ipAddress, let port = address.port else { return nil }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
