import HTTPServing
import NIOPosix

/// Runs `body` against a server on a loopback port of its own.
func withServer(
    limits: HTTPServerLimits = HTTPServerLimits(),
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void,
    _ body: (HTTPServer) async throws -> Void
) async throws {
    let server = try await HTTPServer.start(
        on: .tcp(host: "127.0.0.1", port: 0),
        group: MultiThreadedEventLoopGroup.singleton,
        limits: limits,
        handler: handler
    )
    do {
        try await body(server)
    } catch {
        await server.close()
        throw error
    }
    await server.close()
}
