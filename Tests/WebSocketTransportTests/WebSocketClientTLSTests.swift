import Glibc
import NIOCore
import NIOSSL
import Testing
import WebSocketTransport

@Suite(.timeLimit(.minutes(2)))
struct WebSocketClientTLSTests {
    /// Runs `body` with the path of a file holding the test certificate.
    private static func withTrustedCertificate(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/dialtone-roots-XXXXXX".utf8CString)
        // mkstemp replaces the X's in place and keeps the terminating zero.
        let descriptor = unsafe mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            close(descriptor)
            // unlink only reads the path.
            unsafe unlink(path)
        }
        let pem = Array(TestCertificate.certificate.utf8)
        // write reads the given count of bytes, which is the array's.
        try #require(unsafe write(descriptor, pem, pem.count) == pem.count)
        try await body(path)
    }

    private static func acceptingServer() async throws -> RawServer {
        try await RawServer.start(tls: TestCertificate.serverContext()) { received, connection in
            guard received.hasSuffix("\r\n\r\n") else { return }
            let key = received.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19)
            let accept = WebSocketHandshake.accept(forKey: String(key ?? ""))
            connection.send(
                "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                    + "Sec-WebSocket-Accept: \(accept)\r\n\r\n\u{01}\u{01}a"
            )
            connection.writeAndFlush(ByteBuffer(bytes: [0x80, 0x01, 0x62]), promise: nil)
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func messagesComeOverTLSToATrustedServer(host: String) async throws {
        let server = try await Self.acceptingServer()
        try await Self.withTrustedCertificate { path in
            let (events, continuation) = AsyncStream.makeStream(of: SocketEvent.self)
            let outcome = try await connect(
                to: "wss://\(host):\(server.port)/",
                trustRootsFile: path,
                events: continuation
            )
            guard case .connected(let socket, _) = outcome else { throw try #require(outcome.error) }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .text("ab"))
            try await socket.eventLoop.submit { socket.value.abort() }.get()
            #expect(await iterator.next() == .closed(WebSocketClose(code: nil, kind: .weClosed)))
        }
        try await server.stop()
    }

    @Test func anUntrustedServerIsRefused() async throws {
        let server = try await Self.acceptingServer()
        let outcome = try await connect(to: "wss://localhost:\(server.port)/", headers: [("Authorization", "s3cret")])
        guard case .transport(let description)? = outcome.error else {
            Issue.record("not refused: \(outcome)")
            return
        }
        #expect(description.contains("CERTIFICATE_VERIFY_FAILED"))
        #expect(!description.contains("s3cret"))
        try await server.stop()
    }

    @Test func aServerThatDoesNotSpeakTLSFailsAtTheHandshake() async throws {
        let server = try await RawServer.start { _, connection in connection.send("HTTP/1.1 400 Bad\r\n\r\n") }
        let outcome = try await connect(to: "wss://localhost:\(server.port)/")
        guard case .transport? = outcome.error else {
            Issue.record("not refused: \(outcome)")
            return
        }
        try await server.stop()
    }
}
