import Glibc
import HTTPServing
import NIOCore
import NIOPosix
import Testing
import WebSocketTransport

@Suite(.timeLimit(.minutes(2)))
struct WebSocketUpgradeTests {
    private static let request =
        "GET /media HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    private static let response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    /// "Hello" masked, RFC 6455 §5.7.
    private static let hello: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
    private static let close: [UInt8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]

    private static func upgrading(
        _ sink: AsyncStream<SocketEvent>.Continuation,
        isLate: Bool = false
    ) -> @Sendable (HTTPRequest, HTTPResponder) -> Void {
        { _, responder in
            let upgrade = {
                let socket = responder.upgradeToWebSocket(delegate: EventRecorder(sink, echoes: true))
                sink.yield(socket == nil ? .text("refused") : .opened)
            }
            if isLate {
                responder.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(5)) { upgrade() }
            } else {
                upgrade()
            }
        }
    }

    @Test(arguments: [true, false])
    func framesInTheSegmentOfTheRequestAreNotLost(isLate: Bool) async throws {
        let (events, sink) = AsyncStream.makeStream(of: SocketEvent.self)
        try await withServer(handler: Self.upgrading(sink, isLate: isLate)) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(Array(Self.request.utf8) + Self.hello + Self.hello.prefix(4))
            #expect(await client.read(until: "\r\n\r\n") == Self.response)
            try await client.send(Array(Self.hello.dropFirst(4)) + Self.close)
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .opened)
            #expect(await iterator.next() == .text("Hello"))
            #expect(await iterator.next() == .text("Hello"))
            #expect(await iterator.next() == .closed(WebSocketClose(code: 1000, kind: .peerClosed)))
            let echo: [UInt8] = [0x81, 5] + Array("Hello".utf8)
            #expect(await client.read(count: 18) == echo + echo + [0x88, 2, 0x03, 0xE8])
            #expect(await client.readToEnd() == "")
        }
    }

    @Test func framesThatComeWithTheEndOfTheConnectionAreNotLost() async throws {
        let (events, sink) = AsyncStream.makeStream(of: SocketEvent.self)
        try await withServer(handler: Self.upgrading(sink)) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(Array(Self.request.utf8) + Self.hello)
            try await client.close()
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .opened)
            #expect(await iterator.next() == .text("Hello"))
            guard case .closed(let close)? = await iterator.next() else {
                Issue.record("no end was reported")
                return
            }
            #expect(close.code == nil)
        }
    }

    @Test func aRequestThatComesByteByByteIsUpgraded() async throws {
        let (events, sink) = AsyncStream.makeStream(of: SocketEvent.self)
        try await withServer(handler: Self.upgrading(sink)) { server in
            let client = try await RawClient.connect(port: server.port)
            for byte in Array(Self.request.utf8) + Self.hello { try await client.send([byte]) }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .opened)
            #expect(await iterator.next() == .text("Hello"))
        }
    }

    @Test(arguments: [
        ("Upgrade: websocket", "Upgrade: h2c", "426"), ("Connection: Upgrade", "Connection: close", "426"),
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", "426"),
        ("Sec-WebSocket-Version: 13\r\n", "", "426"),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", "400"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ==", "400"),
        ("Sec-WebSocket-Key:", "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key:", "400"),
        ("GET /media", "PUT /media", "400"), ("HTTP/1.1", "HTTP/1.0", "400"),
    ])
    func requestsThatAreNotProperUpgradesAreRefused(part: String, other: String, status: String) async throws {
        let (events, sink) = AsyncStream.makeStream(of: SocketEvent.self)
        try await withServer(handler: Self.upgrading(sink)) { server in
            let client = try await RawClient.connect(port: server.port)
            let parts = Self.request.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false)
            try await client.send(parts.joined(separator: other))
            let answer = await client.read(until: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(status != "426" || answer.contains("\r\nUpgrade: websocket\r\n"))
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .text("refused"))
        }
    }

    @Test func anUpgradeRequestMayBeAnsweredOtherwise() async throws {
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { _, responder in
            responder.reply(status: responder.isWebSocketUpgrade ? 403 : 200)
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(Self.request)
            #expect(await client.readToEnd().hasPrefix("HTTP/1.1 403 "))
        }
    }

    @Test func acceptedSocketsSendAtOnceAndStayWithThisProcess() async throws {
        let (sockets, sink) = AsyncStream.makeStream(of: NIOLoopBound<WebSocket>.self)
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { _, responder in
            let (_, events) = AsyncStream.makeStream(of: SocketEvent.self)
            guard let socket = responder.upgradeToWebSocket(delegate: EventRecorder(events)) else { return }
            sink.yield(NIOLoopBound(socket, eventLoop: responder.eventLoop))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(Self.request)
            var iterator = sockets.makeAsyncIterator()
            let socket = try #require(await iterator.next())
            let (noDelay, flags) = try await socket.eventLoop.submit {
                let channel = socket.value.channel
                let noDelay = try channel.syncOptions?.getOption(.tcpOption(.tcp_nodelay))
                let flags = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable {
                    (descriptor: NIOBSDSocket.Handle) in fcntl(descriptor, F_GETFD)
                }
                return (noDelay, flags)
            }.get()
            #expect(noDelay == 1)
            #expect(flags == FD_CLOEXEC)
        }
    }

    @Test func theSocketIsCountedUntilItIsGone() async throws {
        let (events, sink) = AsyncStream.makeStream(of: SocketEvent.self)
        try await withServer(handler: Self.upgrading(sink)) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(Self.request)
            #expect(await client.read(until: "\r\n\r\n") == Self.response)
            #expect(server.openConnections == 1)
            await server.close()
            #expect(await client.readToEnd() == "")
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .opened)
            #expect(await iterator.next() == .closed(WebSocketClose(code: nil, kind: .endOfFile)))
        }
    }
}
