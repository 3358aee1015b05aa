internal import Glibc

/// The socket on which a service manager hears from its services (sd_notify(3)).
///
/// A datagram of `NAME=value` lines to a Unix socket, written here rather than with the library so that the address is
/// a value and not a variable of the process's environment.
struct NotifySocket: Sendable {
    private let path: [UInt8]

    /// Takes what `NOTIFY_SOCKET` holds: an absolute path, or `@` and a name in the abstract namespace.
    ///
    /// - Returns: `nil` for anything else, also for a path too long for a Unix socket.
    init?(_ address: String) {
        var path = Array(address.utf8)
        guard path.count > 1, path.count < 108 else { return nil }
        switch path[0] {
        case UInt8(ascii: "/"): break
        case UInt8(ascii: "@"): path[0] = 0
        default: return nil
        }
        self.path = path
    }

    /// Sends one datagram.
    ///
    /// - Returns: whether the manager has it; a service goes on without.
    func send(_ message: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // The manager reads at once or is in trouble: a service must not hang on it.
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        // The structure is read during the call only.
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_SNDTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The path is shorter than `sun_path`, which init checked.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (path[0] == 0 ? 0 : 1))
        let bytes = Array(message.utf8)
        // Address and bytes outlive the call; the kernel copies.
        let sent = unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
        return sent == bytes.count
    }
}
