import NIOCore
import NIOPosix
import Testing
import WebSocketTransport

@Suite(.timeLimit(.minutes(2)))
struct WebSocketClientTests {
    /// The 101 that answers the key in `request`, with more header lines if wanted.
    private static func acceptance(of request: String, more: String = "") -> String {
        let lines = request.split(separator: "\r\n")
        let key = lines.first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19) ?? ""
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n"
            + "Sec-WebSocket-Accept: \(WebSocketHandshake.accept(forKey: String(key)))\r\n\(more)\r\n"
    }

    private static func transportError(_ outcome: ConnectOutcome) -> String? {
        if case .transport(let description)? = outcome.error { description } else { nil }
    }

    @Test func theRequestIsWhatTheSpecificationAsksFor() async throws {
        let (requests, sink) = AsyncStream.makeStream(of: String.self)
        let server = try await RawServer.start { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            sink.yield(received)
            connection.send(Self.acceptance(of: received, more: "dg-request-id: 7\r\n"))
        }
        let outcome = try await connect(
            to: "ws://127.0.0.1:\(server.port)/v1/listen?a=b",
            headers: [("Authorization", "Token secret"), ("X-Two", "2")]
        )
        guard case .connected(_, let headers) = outcome else { throw try #require(outcome.error) }
        #expect(headers.contains("dg-request-id=7"))
        var iterator = requests.makeAsyncIterator()
        let request = try #require(await iterator.next())
        let lines = request.split(separator: "\r\n").map(String.init)
        #expect(lines.first == "GET /v1/listen?a=b HTTP/1.1")
        #expect(
            lines.dropFirst().map { $0.hasPrefix("Sec-WebSocket-Key: ") ? "Sec-WebSocket-Key" : $0 } == [
                "Host: 127.0.0.1:\(server.port)", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key",
                "Sec-WebSocket-Version: 13", "Authorization: Token secret", "X-Two: 2",
            ]
        )
        try await server.stop()
    }

    @Test func framesInTheSegmentOfThe101AreDelivered() async throws {
        let server = try await RawServer.start { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            connection.send(Self.acceptance(of: received) + "\u{01}\u{03}Hel", andClose: false)
            connection.send("\u{00}\u{01}l")
            var rest = ByteBuffer(bytes: [0x80, 0x01, 0x6F, 0x88, 0x02, 0x03, 0xE9])
            rest.writeString("")
            connection.writeAndFlush(rest, promise: nil)
        }
        let (events, continuation) = AsyncStream.makeStream(of: SocketEvent.self)
        let outcome = try await connect(to: "ws://127.0.0.1:\(server.port)", events: continuation)
        #expect(outcome.error == nil)
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .text("Hello"))
        #expect(await iterator.next() == .closed(WebSocketClose(code: 1001, kind: .peerClosed)))
        try await server.stop()
    }

    @Test func aBareEndAfterTheUpgradeIsReported() async throws {
        let server = try await RawServer.start { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            connection.send(Self.acceptance(of: received) + "\u{01}\u{03}H", andClose: true)
        }
        let (events, continuation) = AsyncStream.makeStream(of: SocketEvent.self)
        _ = try await connect(to: "ws://127.0.0.1:\(server.port)", events: continuation)
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .closed(WebSocketClose(code: nil, kind: .endOfFile)))
        try await server.stop()
    }

    @Test(arguments: [true, false])
    func aRefusalIsGivenWithHeadersAndBody(hasLength: Bool) async throws {
        let body = #"{"err_code":"INVALID_AUTH"}"#
        let server = try await RawServer.start { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            let length = hasLength ? "Content-Length: \(body.utf8.count)\r\n" : ""
            connection.send(
                "HTTP/1.1 401 Unauthorized\r\ndg-error: no\r\n\(length)dg-request-id: 1\r\n\r\n\(body)",
                andClose: !hasLength
            )
        }
        let outcome = try await connect(to: "ws://127.0.0.1:\(server.port)", headers: [("Authorization", "hunter2")])
        guard case .refused(let status, let headers, let text)? = outcome.error else {
            Issue.record("not refused: \(outcome)")
            return
        }
        #expect(status == 401)
        #expect(headers.filter { $0.0.hasPrefix("dg-") }.map(\.1) == ["no", "1"])
        #expect(text == body)
        #expect(!"\(String(describing: outcome.error))".contains("hunter2"))
        try await server.stop()
    }

    @Test func aServerThatNeverAnswersMeetsTheDeadline() async throws {
        let server = try await RawServer.start { _, _ in }
        let outcome = try await connect(to: "ws://127.0.0.1:\(server.port)", deadline: .milliseconds(50))
        guard case .timedOut? = outcome.error else {
            Issue.record("not timed out: \(outcome)")
            return
        }
        try await server.stop()
    }

    @Test func aRefusalWhoseBodyNeverEndsIsGivenAtTheDeadline() async throws {
        let server = try await RawServer.start { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            connection.send("HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\nsorry")
        }
        let outcome = try await connect(to: "ws://127.0.0.1:\(server.port)", deadline: .seconds(2))
        guard case .refused(503, _, let body)? = outcome.error else {
            Issue.record("not refused: \(outcome)")
            return
        }
        #expect(body == "sorry")
        try await server.stop()
    }

    @Test(arguments: [
        ("", "the connection ended before the server's answer"),
        ("SMTP\r\n\r\n", "the answer is not an HTTP response: statusLineMalformed"),
        ("HTTP/1.1 101 OK\r\n\r\n", "the server switched to another protocol than WebSocket"),
        (
            "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
            "the server's Sec-WebSocket-Accept does not answer the key"
        ),
    ])
    func answersThatAreNoUpgradeFail(answer: String, error: String) async throws {
        let server = try await RawServer.start { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            connection.send(answer, andClose: true)
        }
        let outcome = try await connect(to: "ws://127.0.0.1:\(server.port)")
        #expect(Self.transportError(outcome) == error)
        try await server.stop()
    }

    @Test(arguments: [
        ("Sec-WebSocket-Extensions: permessage-deflate\r\n", "the server uses an extension that was not offered"),
        ("Sec-WebSocket-Protocol: b\r\n", "the server uses a subprotocol that was not offered"),
        ("Sec-WebSocket-Protocol: A\r\n", nil), ("", nil),
    ])
    func whatWasNotOfferedMayNotBeUsed(more: String, error: String?) async throws {
        let server = try await RawServer.start { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            connection.send(Self.acceptance(of: received, more: more))
        }
        let outcome = try await connect(
            to: "ws://127.0.0.1:\(server.port)",
            headers: [("Sec-WebSocket-Protocol", "a, c")]
        )
        #expect(Self.transportError(outcome) == error)
        try await server.stop()
    }

    @Test func aPortWhereNobodyListensFails() async throws {
        let server = try await RawServer.start { _, _ in }
        let port = server.port
        try await server.stop()
        let outcome = try await connect(to: "ws://127.0.0.1:\(port)")
        #expect(Self.transportError(outcome)?.hasPrefix("connect to 127.0.0.1:\(port): ") == true)
    }

    @Test(arguments: [
        ("Authorization", "Token s3cret\r\nX-Injected: 1", "header Authorization cannot be sent"),
        ("Authorization", "Token s3cret\n", "header Authorization cannot be sent"),
        ("X-A\r\nX-Injected", "s3cret", "header with a malformed name cannot be sent"),
        ("Host", "s3cret", "header Host cannot be sent"),
        ("sec-websocket-key", "s3cret", "header sec-websocket-key cannot be sent"),
    ])
    func headersThatCannotBeSentAreRefusedWithoutShowingThem(name: String, value: String, error: String) async throws {
        let outcome = try await connect(to: "ws://127.0.0.1:9", headers: [(name, value)])
        #expect(Self.transportError(outcome) == error)
    }

    @Test func aURLThatIsNoneIsRefusedWithoutItsQuery() async throws {
        let outcome = try await connect(to: "http://127.0.0.1/a?token=s3cret")
        guard case .invalidURL("http://127.0.0.1/a")? = outcome.error else {
            Issue.record("not refused: \(outcome)")
            return
        }
    }
}
