package import HTTPServing
package import NIOCore

/// The HTTP server of ``AdminEndpoints``, on a socket of its own.
///
/// It is up before the service starts and until it has stopped, so that both can be watched.
package struct AdminServer: Sendable {
    private let server: HTTPServer

    /// Bounds fit for requests without a body from a few collectors.
    private static let limits = HTTPServerLimits(
        maximumHeaderBytes: 8 * 1_024,
        maximumBodyBytes: 1_024,
        requestTimeout: .seconds(5),
        idleTimeout: .seconds(30),
        maximumConnections: 32
    )

    /// Starts to answer.
    ///
    /// - Parameters:
    ///   - address: a Unix path, whose directory is made if missing, a TCP address, or an inherited socket.
    ///   - group: the loops to answer on.
    ///   - endpoints: what to answer.
    /// - Returns: the running server.
    /// - Throws: `StartupFailure`.
    package static func start(
        on address: ListenAddress,
        group: any EventLoopGroup,
        endpoints: AdminEndpoints
    ) async throws(StartupFailure) -> AdminServer {
        if case .unix(let path, _) = address { try SocketDirectory.make(forSocket: path) }
        do {
            let server = try await HTTPServer.start(on: address, group: group, limits: limits) { request, responder in
                if !endpoints.answer(request, responder) { responder.reply(status: 404, body: "not found\n") }
            }
            return AdminServer(server: server)
        } catch {
            throw StartupFailure(.unavailable, "cannot listen on \(address): \(error)")
        }
    }

    /// The TCP port; 0 on a Unix socket.
    package var port: Int { server.port }

    /// Closes the socket and its connections.
    package func stop() async {
        await server.close()
    }
}
