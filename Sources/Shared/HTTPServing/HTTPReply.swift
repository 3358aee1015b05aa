internal import NIOCore
internal import NIOHTTP1
internal import WebSocketTransport

/// A reply as the application gives it.
struct HTTPReply {
    /// Fields the connection itself sets, in lower case.
    private static let connectionFields: Set<String> = ["content-length", "transfer-encoding", "connection"]

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
        var reply = HTTPReply(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")] + headers)
        reply.body = ByteBuffer(string: "\(status) \(reply.reasonPhrase)\n")
        return reply
    }

    var reasonPhrase: String { HTTPResponseStatus(statusCode: self.status).reasonPhrase }

    /// The headers without those the connection sets.
    var ownHeaders: [(String, String)] {
        self.headers.filter { !Self.connectionFields.contains($0.0.lowercased()) }
    }

    /// Whether it can be written: a final status, and headers without line breaks.
    var isValid: Bool { (200...999).contains(self.status) && Self.areValid(self.headers) }

    /// Whether all fields can be written.
    static func areValid(_ headers: [(String, String)]) -> Bool {
        headers.allSatisfy { HTTPFieldSyntax.isValidName($0.0) && HTTPFieldSyntax.isValidValue($0.1) }
    }

    /// Whether the status forbids a body (RFC 9110 §6.4.1).
    var hasNoBody: Bool { self.status == 204 || self.status == 304 }

    /// Whether the application wants the connection closed after the reply.
    var wantsClose: Bool {
        HTTPFieldSyntax.contains("close", in: self.headers.lazy.filter { $0.0.lowercased() == "connection" }.map(\.1))
    }
}
