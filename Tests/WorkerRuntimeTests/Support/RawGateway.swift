import JSONText
import NIOCore
import NIOPosix
import WorkerProtocol

/// The gateway's end of a link over a real socket, without any of the gateway's sense.
///
/// Reads frames from a stream and writes what it is told; the bytes it sends need not be frames.
struct RawGateway: Sendable {
    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let frames: AsyncStream<Frame>.Continuation
        private var buffer = ByteBuffer()

        init(_ frames: AsyncStream<Frame>.Continuation) {
            self.frames = frames
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            buffer.writeBuffer(&bytes)
            try? LinkFrameDecoder().decode(&buffer) { kind, session, body in
                frames.yield(Frame(kind: kind, session: session, body: body))
                return true
            }
        }

        func channelInactive(context: ChannelHandlerContext) { frames.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let channel: any Channel
    private let frames: AsyncStream<Frame>

    /// Connects, and says nothing.
    init(path: String) async throws {
        let (frames, continuation) = AsyncStream.makeStream(of: Frame.self)
        self.frames = frames
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                }
            }
            .connect(unixDomainSocketPath: path).get()
    }

    /// Connects and says hello both ways.
    static func opened(path: String) async throws -> RawGateway {
        let gateway = try await RawGateway(path: path)
        try await gateway.send(.hello())
        _ = await gateway.next("hello")
        return gateway
    }

    func send(_ frames: Frame...) async throws {
        var buffer = ByteBuffer()
        for frame in frames { try frame.append(to: &buffer) }
        try await send(bytes: buffer)
    }

    func send(bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// The next frame, passing over heartbeats; `nil` when the worker has closed the link.
    func next() async -> Frame? {
        var iterator = frames.makeAsyncIterator()
        while let frame = await iterator.next() {
            if frame.type != "heartbeat" { return frame }
        }
        return nil
    }

    /// Frames up to the first control frame of this type; `nil` when the link ends first.
    func next(_ type: String) async -> Frame? {
        var iterator = frames.makeAsyncIterator()
        while let frame = await iterator.next() {
            if frame.type == type { return frame }
        }
        return nil
    }

    /// Stops reading, or goes on with it.
    func setReading(_ isReading: Bool) async throws {
        try await channel.setOption(.autoRead, value: isReading).get()
    }

    func close() async throws { try await channel.close() }
}
