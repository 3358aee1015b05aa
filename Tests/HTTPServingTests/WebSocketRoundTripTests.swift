import HTTPServing
import NIOCore
import NIOPosix
import Testing
import WebSocketTransport

@Suite(.timeLimit(.minutes(2)))
struct WebSocketRoundTripTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    /// A server that upgrades every request and echoes messages.
    private func echoServer(limits: WebSocketLimits = WebSocketLimits()) async throws -> HTTPServer {
        try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0), group: self.group) { _, responder in
            let (_, continuation) = AsyncStream.makeStream(of: SocketEvent.self)
            _ = responder.upgradeToWebSocket(
                limits: limits,
                delegate: EventRecorder(continuation, echoes: true)
            )
        }
    }

    @Test func messagesOfBothKindsComeBackInOrder() async throws {
        let server = try await self.echoServer()
        let peer = try await SocketPeer.connect(to: "ws://127.0.0.1:\(server.port)/a?b", on: self.group.next())
        try await peer.run { socket in
            socket.send(text: "Grüße")
            socket.send(binary: [0, 1, 255])
            socket.ping()
            socket.send(text: "")
        }
        var events = peer.events.makeAsyncIterator()
        #expect(await events.next() == .text("Grüße"))
        #expect(await events.next() == .binary([0, 1, 255]))
        #expect(await events.next() == .pong)
        #expect(await events.next() == .text(""))
        try await peer.run { $0.close(code: 1001, reason: "bye") }
        #expect(await events.next() == .closed(WebSocketClose(code: 1001, kind: .weClosed)))
        await server.close()
    }

    @Test func aMessageOfTheLargestSizeComesBack() async throws {
        let server = try await self.echoServer()
        let peer = try await SocketPeer.connect(to: "ws://127.0.0.1:\(server.port)/", on: self.group.next())
        let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await peer.run { $0.send(binary: bytes) }
        var events = peer.events.makeAsyncIterator()
        #expect(await events.next() == .binary(bytes))
        try await peer.run { $0.abort() }
        #expect(await events.next() == .closed(WebSocketClose(code: nil, kind: .weClosed)))
        await server.close()
    }
}
