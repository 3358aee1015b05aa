internal import Glibc
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import WebSocketTransport

/// An HTTP/1.1 server on a TCP port, a Unix socket or an inherited socket.
package struct HTTPServer: Sendable {
    /// Connections that may wait to be accepted.
    package static let backlog: Int32 = 1024
    /// Size in bytes of the buffer one read fills; kept small, because each connection keeps some for life.
    private static let receiveBufferBytes = 4096

    private let channel: any Channel
    private let state: HTTPServerState
    private let unixListener: UnixListener?

    /// The address the server is bound to; with the port the system chose if none was given.
    package var localAddress: SocketAddress? { self.channel.localAddress }

    /// The TCP port; 0 on a Unix socket.
    package var port: Int { self.channel.localAddress?.port ?? 0 }

    /// The connections there are now, upgraded ones included.
    package var openConnections: Int { self.state.openConnections }

    /// Starts a server; it accepts when this returns.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - group: The event loops the connections are spread over; on a single loop all live there.
    ///   - limits: The bounds of the server.
    ///   - handler: Called for each request, on the event loop of its connection.
    /// - Returns: The running server, to be closed by its owner.
    /// - Throws: `ListenError` for Unix paths and descriptors, else what the system says.
    package static func start(
        on address: ListenAddress,
        group: any EventLoopGroup,
        limits: HTTPServerLimits = HTTPServerLimits(),
        handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
    ) async throws -> HTTPServer {
        let state = HTTPServerState(limits: limits, handler: handler)
        let bootstrap = self.bootstrap(group: group, state: state)
        let channel: any Channel
        var unixListener: UnixListener?
        switch address {
        case .tcp(let host, let port):
            channel = try await bootstrap.bind(host: host, port: port).get()
        case .unix(let path, let mode):
            let listener = try UnixListener.open(path: path, mode: mode, backlog: self.backlog)
            unixListener = listener
            channel = try await self.adopt(listener.descriptor, bootstrap)
        case .descriptor(let descriptor):
            // NIO traps on a descriptor that is none.
            guard self.isStreamSocket(descriptor) else { throw ListenError.notASocket(address.description) }
            channel = try await self.adopt(descriptor, bootstrap)
        }
        try await channel.eventLoop.submit { CloseOnExec.set(on: channel) }.get()
        return HTTPServer(channel: channel, state: state, unixListener: unixListener)
    }

    /// Stops taking connections; those there are close as soon as no request is under way.
    ///
    /// WebSockets stay open. A Unix socket's file is removed.
    package func stopAccepting() async {
        self.state.startDraining()
        guard self.channel.isActive else { return }
        self.unixListener?.removeFile()
        // It fails only if the channel is closed already, which is what is wanted.
        try? await self.channel.close().get()
        for channel in self.state.channels() {
            channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.DrainEvent())
        }
    }

    /// Stops taking connections and closes all there are, upgraded ones included, at once.
    package func close() async {
        self.state.refuseAll()
        await self.stopAccepting()
        for channel in self.state.channels() {
            try? await channel.close().get()
        }
    }

    private static func bootstrap(group: any EventLoopGroup, state: HTTPServerState) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                // Out of descriptors, accepting pauses instead of spinning.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: self.receiveBufferBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    state.add(channel)
                    CloseOnExec.set(on: channel)
                    try self.configure(channel, state)
                }
            }
    }

    private static func configure(_ channel: any Channel, _ state: HTTPServerState) throws {
        var parserLimits = NIOHTTPDecoderLimitConfiguration()
        parserLimits.maxHeaderFieldSize = state.limits.maximumHeaderBytes
        parserLimits.maxHeaderListSize = state.limits.maximumHeaderBytes
        parserLimits.maxHeaderFieldCount = state.limits.maximumHeaderFields
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: parserLimits)
        )
        let gate = UpgradeGate()
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(gate)
        try operations.addHandler(decoder)
        try operations.addHandler(HTTPConnection(server: state, decoder: decoder, gate: gate))
    }

    private static func isStreamSocket(_ descriptor: Int32) -> Bool {
        var type: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        // getsockopt writes at most the given size, which is that of the variable.
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 else { return false }
        return type == CInt(SOCK_STREAM.rawValue)
    }

    /// Takes a bound socket over; NIO listens on it again with a backlog of its own, so ours is set once more.
    private static func adopt(_ descriptor: Int32, _ bootstrap: ServerBootstrap) async throws -> any Channel {
        let channel: any Channel
        do {
            channel = try await bootstrap.withBoundSocket(descriptor).get()
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        guard listen(descriptor, self.backlog) == 0 else {
            let number = errno
            try? await channel.close().get()
            throw IOError(errnoCode: number, reason: "listen")
        }
        return channel
    }
}
