/// Why no WebSocket connection came about; never holds the values of request headers.
package enum WebSocketConnectError: Error, CustomStringConvertible {
    /// The text is not an absolute `ws://` or `wss://` URL; without its query and user name, which may be secret.
    case invalidURL(String)
    /// The server answered with another status than 101; the body is cut to 4 KiB.
    case refused(status: Int, headers: [(String, String)], body: String)
    /// The deadline passed before the server answered.
    case timedOut
    /// No connection, no TLS, no proper answer, or a request header that cannot be sent; says which.
    case transport(String)

    package var description: String {
        switch self {
        case .invalidURL(let url): "not a ws or wss URL: \(url)"
        case .refused(let status, _, _): "the server refused the upgrade with status \(status)"
        case .timedOut: "the deadline passed before the connection was established"
        case .transport(let description): description
        }
    }
}
