internal import NIOCore

/// Sends the upgrade request when it joins the pipeline and hands the answer to its dialer.
final class WebSocketUpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let request: ByteBuffer
    /// Nil once the outcome is known, which also breaks the cycle between the two.
    private var dialer: WebSocketDialer?
    private var parser = UpgradeResponseParser()
    private var received = ByteBuffer()

    init(request: ByteBuffer, dialer: WebSocketDialer) {
        self.request = request
        self.dialer = dialer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(self.request), promise: nil)
    }

    /// The refusal as far as it came, for the dialer's deadline.
    var partialResponse: UpgradeResponse? { self.parser.partialResponse }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let dialer = self.dialer else {
            context.fireChannelRead(data)
            return
        }
        self.received.writeImmutableBuffer(self.unwrapInboundIn(data))
        do throws(UpgradeResponseError) {
            guard let response = try self.parser.read(from: &self.received) else { return }
            self.dialer = nil
            dialer.answered(response)
            let rest = self.received
            self.received = ByteBuffer()
            guard response.status == 101 else { return }
            if rest.readableBytes > 0 { context.fireChannelRead(NIOAny(rest)) }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            self.fail("the answer is not an HTTP response: \(error)")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard self.dialer != nil else {
            context.fireErrorCaught(error)
            return
        }
        guard !TransportCloser.isPlainEnd(error) else { return }
        self.fail("\(error)")
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let dialer = self.dialer else {
            context.fireChannelInactive()
            return
        }
        if let response = self.parser.partialResponse {
            self.dialer = nil
            dialer.answered(response)
        } else {
            self.fail("the connection ended before the server's answer")
        }
    }

    private func fail(_ description: String) {
        let dialer = self.dialer
        self.dialer = nil
        dialer?.finish(.failure(.transport(description)))
    }
}
