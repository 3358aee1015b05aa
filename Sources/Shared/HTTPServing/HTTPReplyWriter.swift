internal import NIOCore
internal import WebSocketTransport

/// Writes the replies of one connection, one after the other, into a buffer (RFC 9112); does no output itself.
struct HTTPReplyWriter {
    /// How the body's end is marked.
    private enum Framing: Equatable {
        /// By a last chunk of size 0.
        case chunked
        /// By the end of the connection, for HTTP/1.0.
        case untilEnd
        /// There is no body.
        case none
    }

    private var buffer = ByteBuffer()
    /// The framing of the body under way.
    private var framing = Framing.none

    /// Bytes written and not yet taken.
    var byteCount: Int { self.buffer.readableBytes }

    /// Takes what has been written.
    mutating func take() -> ByteBuffer {
        let bytes = self.buffer
        self.buffer = ByteBuffer()
        return bytes
    }

    /// Drops what has been written.
    mutating func clear() {
        self.buffer = ByteBuffer()
    }

    /// The interim reply that lets a body come (RFC 9110 §10.1.1).
    mutating func writeContinue() {
        self.buffer.writeString("HTTP/1.1 100 Continue\r\n\r\n")
    }

    /// A whole reply; `closes` announces the connection's end.
    mutating func write(_ reply: HTTPReply, to exchange: HTTPExchange, closes: Bool) {
        self.writeHead(reply)
        if !reply.hasNoBody { self.buffer.writeString("Content-Length: \(reply.body.readableBytes)\r\n") }
        self.finishHead(closes: closes)
        if !reply.hasNoBody, !exchange.isHead { self.buffer.writeImmutableBuffer(reply.body) }
    }

    /// The head of a reply whose body follows in pieces; returns whether its end is the connection's.
    mutating func begin(_ reply: HTTPReply, to exchange: HTTPExchange, closes: Bool) -> Bool {
        let framing: Framing = reply.hasNoBody ? .none : exchange.isHTTP11 ? .chunked : .untilEnd
        self.writeHead(reply)
        if framing == .chunked { self.buffer.writeString("Transfer-Encoding: chunked\r\n") }
        let closes = closes || framing == .untilEnd
        self.finishHead(closes: closes)
        self.framing = exchange.isHead ? .none : framing
        return closes
    }

    /// A piece of the body; nothing where there is no body.
    mutating func writeBody(_ bytes: ByteBuffer) {
        // A chunk of size 0 would be the last.
        guard bytes.readableBytes > 0 else { return }
        switch self.framing {
        case .chunked:
            self.buffer.writeString(String(bytes.readableBytes, radix: 16))
            self.buffer.writeString("\r\n")
            self.buffer.writeImmutableBuffer(bytes)
            self.buffer.writeString("\r\n")
        case .untilEnd:
            self.buffer.writeImmutableBuffer(bytes)
        case .none:
            break
        }
    }

    /// The end of the body.
    mutating func finishBody() {
        if self.framing == .chunked { self.buffer.writeString("0\r\n\r\n") }
        self.framing = .none
    }

    /// The reply that makes the connection a WebSocket (RFC 6455 §4.2.2).
    mutating func writeUpgrade(accept: String, headers: [(String, String)]) {
        self.buffer.writeString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        self.buffer.writeString("Sec-WebSocket-Accept: \(accept)\r\n")
        for (name, value) in headers { self.buffer.writeString("\(name): \(value)\r\n") }
        self.buffer.writeString("\r\n")
    }

    private mutating func writeHead(_ reply: HTTPReply) {
        self.buffer.writeString("HTTP/1.1 \(reply.status) \(reply.reasonPhrase)\r\n")
        for (name, value) in reply.ownHeaders { self.buffer.writeString("\(name): \(value)\r\n") }
    }

    private mutating func finishHead(closes: Bool) {
        self.buffer.writeString(closes ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n")
    }
}
