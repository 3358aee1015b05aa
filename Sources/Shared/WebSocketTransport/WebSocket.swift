package import NIOCore

/// One WebSocket connection of either role; lives on its channel's event loop and is used from there only.
///
/// What is sent during one turn of the loop is collected in one buffer and written once, at the turn's end. Pings are
/// answered and close frames are echoed here. After the end, whoever caused it, every method does nothing.
package final class WebSocket {
    /// Storage above this many bytes is given back when it has been emptied.
    private static let keptBufferBytes = 64 * 1024
    /// With so many bytes sent in one turn of the loop the socket is not writable until the next.
    private static let maximumTurnBytes = 64 * 1024

    /// The event loop of the connection; every call must be made on it.
    package let eventLoop: any EventLoop
    /// The channel below.
    package let channel: any Channel
    /// Which end this is.
    package let role: WebSocketRole
    /// The bounds this connection keeps.
    package let limits: WebSocketLimits
    /// The headers of the server's 101 response in order of arrival; empty for servers.
    package let responseHeaders: [(String, String)]

    /// Who is told of messages and of the end; held strongly and let go before `didClose` is called.
    package var delegate: (any WebSocketDelegate)?

    private var machine: WebSocketConnectionStateMachine
    private var decoder: WebSocketFrameDecoder
    private var encoder: WebSocketFrameEncoder
    /// Received bytes that do not yet make a whole frame.
    private var inbound: ByteBuffer
    /// Frames of this turn of the loop.
    private var outbound = ByteBuffer()
    private var context: ChannelHandlerContext?
    /// True until the turn of the loop in which the socket was made is over: its maker must have it in hand first.
    private var isHeld = true
    /// Whether the channel had ended before it was adopted, so that no event of it will say so.
    private var isStillborn = false
    private var isFlushScheduled = false
    /// Whether the socket was not writable because of what was sent in this turn alone.
    private var hasFilledTurn = false
    /// Whether the transport is to be closed at the end of this turn of the loop.
    private var isCloseDue = false
    /// What the channel said about its failure; nil if it has not failed.
    private var failure: String?
    /// Made once, so that scheduling the end of a turn allocates nothing; nil before and after the connection.
    private var endOfTurn: (@Sendable () -> Void)?
    private var closeDeadline: Scheduled<Void>?

    init(
        channel: any Channel,
        role: WebSocketRole,
        limits: WebSocketLimits,
        delegate: any WebSocketDelegate,
        responseHeaders: [(String, String)],
        resuming state: WebSocketReadState,
        maskingKeys: any RandomNumberGenerator
    ) {
        self.eventLoop = channel.eventLoop
        self.channel = channel
        self.role = role
        self.limits = limits
        self.delegate = delegate
        self.responseHeaders = responseHeaders
        self.machine = WebSocketConnectionStateMachine(role: role)
        self.decoder = WebSocketFrameDecoder(
            role: role,
            maximumMessageBytes: limits.maximumMessageBytes,
            resuming: state.partialMessage
        )
        self.encoder = WebSocketFrameEncoder(role: role, maskingKeys: maskingKeys)
        self.inbound = state.residualBytes
    }

    // MARK: - For the application

    /// Whether messages can be sent and received; false from the first step of any end.
    package var isOpen: Bool { self.machine.isOpen }

    /// Whether the connection is open and would take more bytes without piling them up.
    package var isWritable: Bool {
        self.machine.isOpen && self.channel.isWritable && self.outbound.readableBytes < Self.maximumTurnBytes
    }

    /// Bytes that wait to be sent: those of this turn of the loop and those the channel holds.
    package var bufferedBytes: Int { self.outbound.readableBytes + self.channelBufferedBytes }

    /// What a successor process needs to go on reading this connection: call it between two messages.
    package var readState: WebSocketReadState {
        WebSocketReadState(residualBytes: self.inbound, partialMessage: self.decoder.partialMessage)
    }

    /// Sends a text message.
    ///
    /// Does nothing if the connection is not open; aborts it if more than `maximumBufferedBytes` would wait.
    package func send(text: String) {
        guard self.admits(text.utf8.count) else { return }
        self.encoder.append(.text, text, to: &self.outbound)
        self.scheduleFlush()
    }

    /// Sends a text message whose bytes the caller knows to be UTF-8; see ``send(text:)-(String)``.
    package func send(text: ByteBuffer) {
        guard self.admits(text.readableBytes) else { return }
        self.encoder.append(.text, text, to: &self.outbound)
        self.scheduleFlush()
    }

    /// Sends a binary message; see ``send(text:)-(String)``.
    package func send(binary: ByteBuffer) {
        guard self.admits(binary.readableBytes) else { return }
        self.encoder.append(.binary, binary, to: &self.outbound)
        self.scheduleFlush()
    }

    /// Sends a binary message; see ``send(text:)-(String)``.
    package func send(binary: [UInt8]) {
        guard self.admits(binary.count) else { return }
        self.encoder.append(.binary, binary, to: &self.outbound)
        self.scheduleFlush()
    }

    /// Sends an empty ping; the answer is `webSocketDidReceivePong`.
    package func ping() {
        guard self.admits(0) else { return }
        self.encoder.append(.ping, ByteBuffer(), to: &self.outbound)
        self.scheduleFlush()
    }

    /// Begins the closing handshake after what has been sent; no message is delivered any more.
    ///
    /// `didClose` follows when the other end answers, at the latest after `limits.closeTimeout`, when the transport is
    /// closed without it. A code that may not be sent becomes 1000; a reason is cut to 123 bytes.
    package func close(code: UInt16 = 1000, reason: String = "") {
        self.eventLoop.assertInEventLoop()
        self.perform(self.machine.closeRequested(code: code, reason: reason))
    }

    /// Closes the transport at once, dropping what waits to be sent; `didClose` follows in a later turn of the loop.
    package func abort() {
        self.eventLoop.assertInEventLoop()
        self.perform(self.machine.abortRequested())
    }

    // MARK: - For the channel handler

    func attached(_ context: ChannelHandlerContext) {
        self.context = context
        self.isStillborn = !self.channel.isActive
        let socket = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.endOfTurn = { socket.value.turnEnded() }
        self.scheduleFlush()
    }

    func received(_ bytes: ByteBuffer) {
        guard self.machine.isReading else { return }
        if self.isHeld {
            self.inbound.writeImmutableBuffer(bytes)
        } else if self.inbound.readableBytes == 0 {
            var bytes = bytes
            self.decode(&bytes)
            if bytes.readableBytes > 0, self.machine.isReading {
                self.inbound.clear()
                self.inbound.writeImmutableBuffer(bytes)
            }
        } else {
            self.inbound.writeImmutableBuffer(bytes)
            self.decodeInbound()
        }
    }

    func finishedReading() {
        self.decoder.releaseLargeScratch()
        guard self.machine.isOpen, !self.isHeld else { return }
        self.delegate?.webSocketDidFinishReading(self)
    }

    func writabilityChanged() {
        guard self.isWritable, !self.isHeld else { return }
        self.delegate?.webSocketDidBecomeWritable(self)
    }

    /// The transport failed: it is closed at the turn's end, and the end is reported after what still comes.
    func transportFailed(_ description: String) {
        self.failure = description
        self.isCloseDue = true
        self.scheduleFlush()
    }

    func transportClosed() {
        guard self.context != nil else { return }
        self.release()
        self.context = nil
        self.endOfTurn = nil
        self.closeDeadline?.cancel()
        self.closeDeadline = nil
        self.outbound = ByteBuffer()
        self.perform(self.machine.transportClosed(failure: self.failure))
        self.inbound = ByteBuffer()
    }

    // MARK: - Reading

    /// Ends the hold of the first turn: delivers what came meanwhile.
    private func release() {
        guard self.isHeld else { return }
        self.isHeld = false
        guard self.inbound.readableBytes > 0, self.machine.isReading else { return }
        self.decodeInbound()
        self.finishedReading()
    }

    /// Decodes the kept bytes; they are moved out meanwhile, because a delegate may ask for ``readState``.
    private func decodeInbound() {
        var bytes = self.inbound
        self.inbound = ByteBuffer()
        self.decode(&bytes)
        guard self.machine.isReading else { return }
        if bytes.readableBytes > 0 {
            bytes.discardReadBytes()
            self.inbound = bytes
        } else if bytes.storageCapacity <= Self.keptBufferBytes {
            bytes.clear()
            self.inbound = bytes
        }
    }

    private func decode(_ bytes: inout ByteBuffer) {
        do throws(WebSocketProtocolError) {
            while self.machine.isReading, let event = try self.decoder.next(from: &bytes) {
                self.deliver(event)
            }
        } catch {
            self.perform(self.machine.violated(error))
        }
    }

    private func deliver(_ event: WebSocketFrameEvent) {
        switch event {
        case .text(let text):
            guard self.machine.isOpen else { return }
            self.delegate?.webSocket(self, didReceiveText: text)
        case .binary(let bytes):
            guard self.machine.isOpen else { return }
            self.delegate?.webSocket(self, didReceiveBinary: bytes)
        case .ping(let payload):
            guard self.admits(payload.readableBytes) else { return }
            self.encoder.append(.pong, payload, to: &self.outbound)
            self.scheduleFlush()
        case .pong:
            guard self.machine.isOpen else { return }
            self.delegate?.webSocketDidReceivePong(self)
        case .close(let frame):
            self.perform(self.machine.closeReceived(frame))
        }
    }

    // MARK: - Writing

    /// Bytes the channel holds.
    private var channelBufferedBytes: Int {
        (try? self.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Whether a payload may be added; aborts the connection if too much would wait.
    private func admits(_ payloadBytes: Int) -> Bool {
        self.eventLoop.assertInEventLoop()
        guard self.machine.isOpen else { return false }
        // The channel is asked only when it says that it is full: asking costs more than building a frame.
        let held = self.channel.isWritable ? 0 : self.channelBufferedBytes
        guard held + self.outbound.readableBytes + payloadBytes <= self.limits.maximumBufferedBytes else {
            self.perform(self.machine.sendBufferOverflowed())
            return false
        }
        return true
    }

    private func scheduleFlush() {
        if self.outbound.readableBytes >= Self.maximumTurnBytes { self.hasFilledTurn = true }
        guard !self.isFlushScheduled, let endOfTurn = self.endOfTurn else { return }
        self.isFlushScheduled = true
        self.eventLoop.execute(endOfTurn)
    }

    private func turnEnded() {
        self.isFlushScheduled = false
        if self.isHeld {
            guard !self.isStillborn else { return self.transportClosed() }
            self.release()
        }
        if self.isCloseDue {
            self.closeTransport()
        } else {
            self.flush(promise: nil)
            if self.hasFilledTurn {
                self.hasFilledTurn = false
                self.writabilityChanged()
            }
        }
    }

    private func flush(promise: EventLoopPromise<Void>?) {
        guard let context = self.context, self.outbound.readableBytes > 0 else {
            promise?.succeed(())
            return
        }
        context.writeAndFlush(NIOAny(self.outbound), promise: promise)
        if self.outbound.storageCapacity > Self.keptBufferBytes {
            self.outbound = ByteBuffer()
        } else {
            self.outbound.clear()
        }
    }

    // MARK: - Ending

    private func perform(_ reaction: WebSocketConnectionStateMachine.Reaction) {
        if let frame = reaction.frame {
            self.encoder.append(frame, to: &self.outbound)
            self.scheduleFlush()
        }
        switch reaction.transport {
        case .keep:
            break
        case .awaitEnd:
            self.startCloseDeadline()
        case .closeAfterFlush:
            self.startCloseDeadline()
            self.closeAfterFlush()
        case .closeNow:
            // At the turn's end: closing may tell the end at once, and the caller may be inside `send` or `abort`.
            self.outbound.clear()
            self.isCloseDue = true
            self.scheduleFlush()
        }
        if let close = reaction.report {
            let delegate = self.delegate
            self.delegate = nil
            delegate?.webSocket(self, didClose: close)
        }
    }

    private func startCloseDeadline() {
        guard self.closeDeadline == nil, self.context != nil else { return }
        self.closeDeadline = self.eventLoop.assumeIsolated().scheduleTask(in: self.limits.closeTimeout) {
            self.perform(self.machine.deadlinePassed())
        }
    }

    private func closeAfterFlush() {
        let written = self.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.context?.close(promise: nil)
        }
        self.flush(promise: written)
    }

    private func closeTransport() {
        guard let context = self.context else { return }
        TransportCloser.closeAtOnce(context)
    }
}
