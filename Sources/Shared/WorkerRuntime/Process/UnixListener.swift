internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import ServiceRuntime

/// The Unix socket on which a worker takes links: adopted from the service manager, or bound here.
struct UnixListener: Sendable {
    /// Where links arrive.
    private let channel: any Channel

    /// The file of the socket, if it was made here.
    private let file: SocketFile?

    /// Adopts a listening descriptor, or binds the path.
    ///
    /// - Parameters:
    ///   - descriptor: a listening Unix socket of the service manager, if there is one.
    ///   - path: where to bind otherwise; a file left by a process that died is replaced, a socket on which somebody
    ///     listens is not.
    ///   - bootstrap: what becomes of each link.
    /// - Returns: the listener, which takes links from now on.
    /// - Throws: `StartupFailure`.
    static func start(
        descriptor: CInt?,
        path: String,
        bootstrap: ServerBootstrap
    ) async throws(StartupFailure) -> UnixListener {
        let bound = if let descriptor { descriptor } else { try SocketFile.bind(path) }
        do {
            // Takes the descriptor over, whatever happens.
            let channel = try await bootstrap.withBoundSocket(bound).get()
            // The library has just listened with a backlog of 128, which it does not take from an option.
            _ = listen(bound, LinkSettings.listenBacklog)
            return UnixListener(channel: channel, file: descriptor == nil ? SocketFile(path: path) : nil)
        } catch {
            throw StartupFailure(.unavailable, "cannot listen on \(path): \(error)")
        }
    }

    /// Takes no more links, and removes the path if it was made here, so that gateways see the worker leave.
    ///
    /// A second call does nothing.
    func stop() async {
        file?.remove()
        try? await channel.close()
    }
}

/// The file of a Unix socket that was bound here.
struct SocketFile: Sendable {
    /// Who may connect: the owner and the group.
    static let mode: mode_t = 0o660

    private let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Remembers which file the path names now; `nil` if there is none.
    init?(path: String) {
        guard let status = Self.status(of: path) else { return nil }
        self.path = path
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Removes the file unless another process has put its own there since.
    ///
    /// To be called while the socket is open, since the number of a file that is gone can be given to a new one.
    func remove() {
        guard let status = Self.status(of: path), UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode else {
            return
        }
        // The path is borrowed for the call.
        _ = unsafe unlink(path)
    }

    /// Makes a socket at the path, for owner and group.
    ///
    /// - Returns: a bound descriptor, close-on-exec and not listening yet.
    /// - Throws: `StartupFailure`.
    static func bind(_ path: String) throws(StartupFailure) -> CInt {
        try SocketDirectory.make(forSocket: path)
        try removeStale(path)
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else {
            throw StartupFailure(.configuration, "\(path) is too long for a socket's path")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // The file is made with the socket's own mode, less the process's mask: nobody else may connect even for a
        // moment. What the mask took away is added once the file is there. Address and path are borrowed for the calls.
        guard descriptor >= 0, fchmod(descriptor, mode) == 0,
            unsafe address.withSockAddr({ unsafe Glibc.bind(descriptor, $0, socklen_t($1)) == 0 }),
            unsafe chmod(path, mode) == 0
        else {
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            throw StartupFailure(.unavailable, "cannot make the socket \(path): error \(code)")
        }
        return descriptor
    }

    /// Removes a socket on which nobody listens any more.
    ///
    /// - Throws: `StartupFailure` if somebody listens, or if the path is something else than a socket.
    static func removeStale(_ path: String) throws(StartupFailure) {
        guard let status = status(of: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw StartupFailure(.configuration, "\(path) exists and is not a socket")
        }
        guard !isListening(path) else {
            throw StartupFailure(.unavailable, "another process listens on \(path)")
        }
        // The path is borrowed for the call.
        _ = unsafe unlink(path)
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        // The kernel fills the structure that is passed; the path is borrowed for the call.
        return unsafe lstat(path, &status) == 0 ? status : nil
    }

    private static func isListening(_ path: String) -> Bool {
        let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, Int32(flags), 0)
        guard descriptor >= 0, let address = try? SocketAddress(unixDomainSocketPath: path) else { return false }
        defer { close(descriptor) }
        // The address is borrowed for the call. A full backlog (EAGAIN) belongs to somebody, too.
        return unsafe address.withSockAddr { address, size in
            unsafe connect(descriptor, address, socklen_t(size)) == 0 || errno == EAGAIN
        }
    }
}
