import HTTPServing
package import NIOCore
import NIOPosix

/// A server of the chat completions API on this machine: `POST /v1/chat/completions`, `GET /v1/models`, `GET /health`.
///
/// Which server's manners it has is a setting; answers what its `Brain` decides. Safe from every thread.
package final class FakeOpenAI: Sendable {
    /// What it saw and did.
    package var events: EventLog<ModelEvent> { self.hub.events }
    private let hub: ModelHub<OpenAISettings>
    private let server: HTTPServer

    private init(hub: ModelHub<OpenAISettings>, server: HTTPServer) {
        self.hub = hub
        self.server = server
    }

    /// Starts on a port of the loopback; port 0 takes a free one.
    ///
    /// Throws when the port cannot be bound.
    package static func start(
        on port: Int = 0,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        settings: OpenAISettings = OpenAISettings()
    ) async throws -> FakeOpenAI {
        let hub = ModelHub(settings: settings)
        let door = OpenAIDoor(hub: hub)
        let server = try await HTTPServer.start(
            on: .tcp(host: "127.0.0.1", port: port),
            group: group,
            limits: HTTPServerLimits(maximumBodyBytes: 32_000_000)
        ) { request, responder in
            door.answer(request, responder)
        }
        return FakeOpenAI(hub: hub, server: server)
    }

    /// The port it listens on.
    package var port: Int { self.server.port }

    /// The base URL clients are pointed at, with its `/v1`.
    package var url: String { "http://127.0.0.1:\(self.port)/v1" }

    /// The settings as they are now.
    package var settings: OpenAISettings { self.hub.settings }

    /// Changes the settings for requests to come.
    package func update(_ change: (inout OpenAISettings) -> Void) {
        self.hub.update(change)
    }

    /// Makes the next `count` requests for a completion go wrong.
    package func failNext(_ count: Int = 1, with fault: ModelFault) {
        self.hub.addFaults(Array(repeating: fault, count: max(0, count)))
    }

    /// The requests remembered, oldest first.
    package var requests: [ModelRequest] { self.hub.requests }

    /// How many answers are being sent.
    package var running: Int { self.hub.running }

    /// Cuts every answer being sent.
    package func cutConnections() {
        self.hub.cutAll()
    }

    /// Cuts all connections and stops listening.
    package func stop() async {
        await self.server.close()
    }
}
