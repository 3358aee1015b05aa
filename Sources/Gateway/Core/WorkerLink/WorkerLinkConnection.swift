import NIOCore
import NIOPosix

/// One connection of a link, from connect to close; the next attempt gets a new one.
final class WorkerLinkConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private weak var link: WorkerLink?
    private var channel: (any Channel)?
    /// Received bytes that do not yet make a whole frame.
    private(set) var unread = ByteBuffer()

    /// Makes a connection that is not there yet.
    init(link: WorkerLink) {
        self.link = link
    }

    /// Whether the worker reads.
    var isWritable: Bool { channel?.isWritable ?? false }

    /// Opens the socket and says once whether that worked.
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

    /// Sends frames.
    func writeAndFlush(_ buffer: ByteBuffer) {
        channel?.writeAndFlush(buffer, promise: nil)
    }

    /// Closes the socket if it is open.
    func close() {
        channel?.close(promise: nil)
        channel = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if unread.readableBytes > 0 {
            unread.writeBuffer(&buffer)
            link?.received(&unread, on: self)
            // Under a steady load it may never be empty: what was read must not stay.
            unread.discardReadBytes()
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
