internal import Glibc
internal import HTTPServing
internal import NIOCore
internal import NIOPosix
internal import ServiceRuntime

/// The Unix socket on which a worker takes links: adopted from the service manager, or made here.
struct LinkListener: Sendable {
    /// Who may connect: the owner and the group.
    static let mode: mode_t = 0o660

    /// Where links arrive.
    private let channel: any Channel

    /// The socket, if it was made here.
    private let own: UnixListener?

    /// Adopts a listening descriptor, or makes a socket at the path.
    ///
    /// - Parameters:
    ///   - descriptor: a listening Unix socket of the service manager, if there is one.
    ///   - path: where to listen otherwise; a file left by a process that died is replaced, a socket on which somebody
    ///     listens is not.
    ///   - bootstrap: what becomes of each link.
    /// - Returns: the listener, which takes links from now on.
    /// - Throws: `StartupFailure`.
    static func start(
        descriptor: CInt?,
        path: String,
        bootstrap: ServerBootstrap
    ) async throws(StartupFailure) -> LinkListener {
        var own: UnixListener?
        let listening: CInt
        if let descriptor {
            listening = descriptor
        } else {
            let made = try open(path)
            own = made
            listening = made.descriptor
        }
        do {
            // Takes the descriptor over, whatever happens.
            let channel = try await bootstrap.withBoundSocket(listening).get()
            // The library has just listened with a backlog of 128, which it does not take from an option.
            _ = listen(listening, LinkSettings.listenBacklog)
            return LinkListener(channel: channel, own: own)
        } catch {
            throw StartupFailure(.unavailable, "cannot listen on \(path): \(error)")
        }
    }

    /// Makes a listening socket at the path, for owner and group, and its directory if it is missing.
    static func open(_ path: String) throws(StartupFailure) -> UnixListener {
        try SocketDirectory.make(forSocket: path)
        do {
            return try UnixListener.open(path: path, mode: mode, backlog: LinkSettings.listenBacklog)
        } catch {
            switch error {
            case .pathInUse:
                throw StartupFailure(.unavailable, "another process listens on \(path)")
            case .notASocket:
                throw StartupFailure(.configuration, "\(path) exists and is not a socket")
            case .pathMalformed:
                throw StartupFailure(.configuration, "\(path) is too long for a socket's path")
            case .system:
                throw StartupFailure(.unavailable, "cannot make the socket \(error)")
            }
        }
    }

    /// Takes no more links, and removes the path if it was made here, so that gateways see the worker leave.
    ///
    /// A second call does nothing.
    func stop() async {
        own?.removeFile()
        try? await channel.close()
    }
}
