/// Where a server takes connections.
package enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// A TCP port of a local address or name; port 0 lets the system choose one.
    case tcp(host: String, port: Int)
    /// A Unix socket, made with the given mode; a stale one in its place is replaced, a live one is not.
    case unix(path: String, mode: UInt32 = 0o660)
    /// A socket that is bound already, inherited from a service manager; the server owns and closes it.
    case descriptor(Int32)

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path, _): path
        case .descriptor(let number): "descriptor \(number)"
        }
    }
}
