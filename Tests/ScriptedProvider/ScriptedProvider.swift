internal import HTTPServing
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A WebSocket server on loopback that says only what a test tells it.
package final class ScriptedProvider: Sendable {
    /// How a handshake is answered.
    package enum Answer: Sendable {
        /// With a WebSocket.
        case accept
        /// With a plain HTTP answer.
        case refuse(status: Int, headers: [(String, String)], body: String)
    }

    private struct State {
        var answers: [Answer] = []
        var server: HTTPServer?
    }

    private let state = Mutex(State())
    private let connections = Inbox<ProviderConnection>()

    private init() {}

    /// Starts a server on a free port.
    package static func start() async throws -> ScriptedProvider {
        let provider = ScriptedProvider()
        let server = try await HTTPServer.start(
            on: .tcp(host: "127.0.0.1", port: 0),
            group: MultiThreadedEventLoopGroup.singleton
        ) { request, responder in
            provider.answer(request, responder)
        }
        provider.state.withLock { $0.server = server }
        return provider
    }

    /// The base URL to configure.
    package var url: String {
        "ws://127.0.0.1:\(state.withLock { $0.server?.port } ?? 0)"
    }

    /// Says how the next handshakes are answered; those after them are accepted.
    package func answer(with answers: [Answer]) {
        state.withLock { $0.answers += answers }
    }

    /// Waits for the next accepted connection.
    package func nextConnection() async throws -> ProviderConnection {
        try await connections.next()
    }

    /// Closes everything.
    package func stop() async {
        await state.withLock { $0.server }?.close()
    }

    private func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let answer = state.withLock { state in state.answers.isEmpty ? .accept : state.answers.removeFirst() }
        switch answer {
        case .refuse(let status, let headers, let body):
            responder.reply(status: status, headers: headers, body: body)
        case .accept:
            let connection = ProviderConnection(
                target: request.target,
                headers: request.headers.map { ($0.name.lowercased(), $0.value) }
            )
            guard connection.accept(responder) else { return }
            connections.put(connection)
        }
    }
}
