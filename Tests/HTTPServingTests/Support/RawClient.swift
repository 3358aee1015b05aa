import NIOCore
import NIOPosix

/// A plain socket to a server under test; used by one test, which awaits what it reads.
final class RawClient {
    private let channel: any Channel
    private var iterator: AsyncStream<ByteBuffer>.Iterator
    private var received = ByteBuffer()

    private init(_ channel: any Channel, _ stream: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.iterator = stream.makeAsyncIterator()
    }

    static func connect(port: Int) async throws -> RawClient {
        let (bootstrap, stream) = self.bootstrap()
        return RawClient(try await bootstrap.connect(host: "127.0.0.1", port: port).get(), stream)
    }

    static func connect(path: String) async throws -> RawClient {
        let (bootstrap, stream) = self.bootstrap()
        return RawClient(try await bootstrap.connect(unixDomainSocketPath: path).get(), stream)
    }

    func send(_ text: String) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(string: text)).get()
    }

    func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func close() async throws {
        try await self.channel.close().get()
    }

    /// What came up to and with `marker`; what came in all if the connection ends before.
    func read(until marker: String) async -> String {
        let pattern = Array(marker.utf8)
        while true {
            if let end = Self.position(after: pattern, in: self.received) {
                return self.received.readString(length: end) ?? ""
            }
            guard var more = await self.iterator.next(isolation: #isolation) else { return self.readRest() }
            self.received.writeBuffer(&more)
        }
    }

    /// Exactly `count` bytes; fewer if the connection ends before.
    func read(count: Int) async -> [UInt8] {
        while self.received.readableBytes < count, var more = await self.iterator.next(isolation: #isolation) {
            self.received.writeBuffer(&more)
        }
        return self.received.readBytes(length: min(count, self.received.readableBytes)) ?? []
    }

    /// Everything until the server ends the connection.
    func readToEnd() async -> String {
        while var more = await self.iterator.next(isolation: #isolation) { self.received.writeBuffer(&more) }
        return self.readRest()
    }

    private func readRest() -> String {
        self.received.readString(length: self.received.readableBytes) ?? ""
    }

    private static func position(after pattern: [UInt8], in buffer: ByteBuffer) -> Int? {
        let bytes = Array(buffer.readableBytesView)
        guard bytes.count >= pattern.count else { return nil }
        for start in 0...(bytes.count - pattern.count)
        where bytes[start..<(start + pattern.count)].elementsEqual(pattern) {
            return start + pattern.count
        }
        return nil
    }

    private static func bootstrap() -> (ClientBootstrap, AsyncStream<ByteBuffer>) {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamHandler(continuation))
                }
            }
        return (bootstrap, stream)
    }
}

private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<ByteBuffer>.Continuation

    init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.continuation.yield(self.unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
