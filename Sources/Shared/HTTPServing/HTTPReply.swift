internal import NIOCore
internal import NIOHTTP1
internal import WebSocketTransport

/// A reply as the application gives it, and how it is written (RFC 9112).
struct HTTPReply {
    /// How the body's end is marked.
    enum Framing: Equatable {
        /// By its length in the head.
        case length(Int)
        /// By a last chunk of size 0.
        case chunked
        /// By the end of the connection, for HTTP/1.0.
        case untilEnd
        /// There is no body.
        case none
    }

    /// Fields the connection itself sets, in lower case.
    private static let ownFields: Set<String> = ["content-length", "transfer-encoding", "connection"]

    var status: Int
    var headers: [(String, String)]
    var body: ByteBuffer

    init(status: Int, headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A short text reply of the server itself.
    static func plain(_ status: Int, headers: [(String, String)] = []) -> HTTPReply {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        return HTTPReply(
            status: status,
            headers: [("Content-Type", "text/plain; charset=utf-8")] + headers,
            body: ByteBuffer(string: "\(status) \(reason)\n")
        )
    }

    /// Whether it can be written: a final status, and headers without line breaks.
    var isValid: Bool {
        (200...999).contains(self.status)
            && self.headers.allSatisfy { HTTPFieldSyntax.isValidName($0.0) && HTTPFieldSyntax.isValidValue($0.1) }
    }

    /// Whether the status forbids a body (RFC 9110 §6.4.1).
    var hasNoBody: Bool { self.status == 204 || self.status == 304 }

    /// Whether the application wants the connection closed after the reply.
    var wantsClose: Bool {
        HTTPFieldSyntax.contains("close", in: self.headers.lazy.filter { $0.0.lowercased() == "connection" }.map(\.1))
    }

    /// Appends the status line and the headers.
    func writeHead(framing: Framing, closes: Bool, to buffer: inout ByteBuffer) {
        let reason = HTTPResponseStatus(statusCode: self.status).reasonPhrase
        buffer.writeString("HTTP/1.1 \(self.status) \(reason)\r\n")
        for (name, value) in self.headers where !Self.ownFields.contains(name.lowercased()) {
            buffer.writeString("\(name): \(value)\r\n")
        }
        switch framing {
        case .length(let count): buffer.writeString("Content-Length: \(count)\r\n")
        case .chunked: buffer.writeString("Transfer-Encoding: chunked\r\n")
        case .untilEnd, .none: break
        }
        buffer.writeString(closes ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n")
    }

    /// Appends one chunk; `bytes` must not be empty, for that would be the last chunk.
    static func writeChunk(_ bytes: ByteBuffer, to buffer: inout ByteBuffer) {
        buffer.writeString(String(bytes.readableBytes, radix: 16))
        buffer.writeString("\r\n")
        buffer.writeImmutableBuffer(bytes)
        buffer.writeString("\r\n")
    }
}
