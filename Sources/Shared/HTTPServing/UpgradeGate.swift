internal import NIOCore

/// Keeps the end of the channel from the parser while the parser leaves the pipeline after an upgrade.
///
/// The parser leaves in a later turn of the event loop and then passes on what it has not used; told of the channel's
/// end before that, it would drop those bytes. Stands in front of the parser and leaves after it.
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var isShut = false
    private var isEndHeld = false
    private var heldError: (any Error)?

    /// Holds errors and the channel's end from now on.
    func shut() {
        self.isShut = true
    }

    /// Passes on what was held, after word that the bytes before it are complete.
    func open(_ context: ChannelHandlerContext) {
        self.isShut = false
        context.fireChannelReadComplete()
        if let error = self.heldError { context.fireErrorCaught(error) }
        if self.isEndHeld { context.fireChannelInactive() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.isShut {
            self.heldError = self.heldError ?? error
        } else {
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.isShut {
            self.isEndHeld = true
        } else {
            context.fireChannelInactive()
        }
    }
}
