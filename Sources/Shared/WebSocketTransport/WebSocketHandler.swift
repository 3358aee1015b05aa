internal import NIOCore

/// Turns channel events into calls of a `WebSocket`; the end of the pipeline.
final class WebSocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Nil after the channel's end, which also breaks the cycle between channel and socket.
    private var socket: WebSocket?

    init(_ socket: WebSocket) {
        self.socket = socket
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.socket?.attached(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.socket?.received(self.unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.socket?.finishedReading()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.socket?.writabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !TransportCloser.isPlainEnd(error) else { return }
        self.socket?.transportFailed("\(error)")
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
    }

    private func end() {
        let socket = self.socket
        self.socket = nil
        socket?.transportClosed()
    }
}
