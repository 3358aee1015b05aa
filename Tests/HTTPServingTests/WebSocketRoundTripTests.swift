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

    @Test func aLargeMessageInManyFragmentsWithPingsBetweenComesBack() async throws {
        let server = try await self.echoServer()
        let client = try await RawClient.connect(port: server.port)
        try await client.send(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        _ = await client.read(until: "\r\n\r\n")
        var encoder = WebSocketFrameEncoder(role: .client, maskingKeys: SystemRandomNumberGenerator())
        var frames = ByteBuffer()
        let piece = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        for index in 0..<1000 {
            encoder.append(index == 0 ? .binary : .continuation, piece, isFinal: index == 999, to: &frames)
            if index % 100 == 99 { encoder.append(.ping, [UInt8(index / 100)], to: &frames) }
        }
        try await client.send(Array(frames.readableBytesView))
        let pongs: [UInt8] = (0..<9).flatMap { (index: UInt8) -> [UInt8] in [0x8A, 1, index] }
        #expect(await client.read(count: 27) == pongs)
        #expect(await client.read(count: 10) == [0x82, 127, 0, 0, 0, 0, 0, 0x0F, 0x42, 0x40])
        #expect(await client.read(count: 1_000_000) == Array((0..<1000).map { _ in piece }.joined()))
        #expect(await client.read(count: 3) == [0x8A, 1, 9])
        try await client.close()
        await server.close()
    }

    @Test func theServerMayCloseAndTheClientIsToldWhy() async throws {
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0), group: self.group) {
            _,
            responder in
            let (_, continuation) = AsyncStream.makeStream(of: SocketEvent.self)
            let socket = responder.upgradeToWebSocket(delegate: EventRecorder(continuation))
            socket?.send(text: "last words")
            socket?.close(code: 4000, reason: "enough")
        }
        let peer = try await SocketPeer.connect(to: "ws://127.0.0.1:\(server.port)/", on: self.group.next())
        var events = peer.events.makeAsyncIterator()
        #expect(await events.next() == .text("last words"))
        let close = WebSocketClose(code: 4000, reason: "enough", kind: .peerClosed)
        #expect(await events.next() == .closed(close))
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
