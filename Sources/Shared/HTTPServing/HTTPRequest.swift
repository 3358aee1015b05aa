package import NIOCore
package import NIOHTTP1

/// One whole HTTP request.
package struct HTTPRequest: Sendable {
    /// The method in capitals, such as "GET".
    package let method: String
    /// The request target as it came.
    package let target: String
    /// The target up to the query, not decoded; of an absolute URL only the path.
    package let path: String
    /// What follows the first "?", not decoded; nil if there is none.
    package let query: String?
    /// The header fields in order of arrival.
    package let headers: HTTPHeaders
    /// The body; empty if there is none.
    package let body: ByteBuffer
    /// The other end as "address:port"; nil on Unix sockets.
    package let remoteAddress: String?

    /// Makes a request, splitting its target.
    package init(
        method: String,
        target: String,
        headers: HTTPHeaders = HTTPHeaders(),
        body: ByteBuffer = ByteBuffer(),
        remoteAddress: String? = nil
    ) {
        self.method = method
        self.target = target
        let mark = target.firstIndex(of: "?")
        self.path = Self.path(of: target[..<(mark ?? target.endIndex)])
        self.query = mark.map { String(target[target.index(after: $0)...]) }
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The path of a target without its query, which may be an absolute URL (RFC 9112 §3.2.2).
    private static func path(of target: Substring) -> String {
        guard !target.hasPrefix("/"), let colon = target.firstIndex(of: ":"), target[colon...].hasPrefix("://")
        else { return String(target) }
        let authority = target[colon...].dropFirst(3)
        guard let slash = authority.firstIndex(of: "/") else { return "/" }
        return String(authority[slash...])
    }
}
