import Glibc
import NIOCore
import NIOPosix
import SeededTesting
import Testing
import WebSocketTransport

@Suite(.timeLimit(.minutes(2)))
struct WebSocketAdoptTests {
    /// A pair of connected stream sockets.
    private static func socketPair() throws -> (Int32, Int32) {
        var pair: [Int32] = [-1, -1]
        // socketpair writes two descriptors, for which the array has room.
        try #require(unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        return (pair[0], pair[1])
    }

    @Test func anInheritedConnectionGoesOnInsideAFrameAndAMessage() async throws {
        let (ours, theirs) = try Self.socketPair()
        defer { close(theirs) }
        var encoder = WebSocketFrameEncoder(role: .client, maskingKeys: SeededGenerator(seed: 3))
        var frame = ByteBuffer()
        encoder.append(.continuation, "lo", to: &frame)
        let bytes = Array(frame.readableBytesView)
        let state = WebSocketReadState(
            residualBytes: ByteBuffer(bytes: bytes.prefix(5)),
            partialMessage: WebSocketPartialMessage(opcode: .text, bytes: ByteBuffer(string: "Hel"))
        )
        let (events, sink) = AsyncStream.makeStream(of: SocketEvent.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .withConnectedSocket(ours)
            .get()
        try await channel.eventLoop.submit {
            _ = try WebSocket.adopt(
                channel,
                limits: WebSocketLimits(),
                delegate: StreamingDelegate(sink),
                resuming: state
            )
        }.get()
        // write reads the given count of bytes, which is the array's.
        try #require(unsafe write(theirs, Array(bytes.dropFirst(5)), bytes.count - 5) == bytes.count - 5)
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .text("Hello"))
        try await channel.close().get()
        #expect(await iterator.next() == .closed(WebSocketClose(code: nil, kind: .endOfFile)))
    }
}
