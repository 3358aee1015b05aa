import HTTPServing
package import NIOCore
import NIOPosix

/// An Anthropic on this machine: `POST /v1/messages`, `GET /v1/models` and `POST /v1/messages/count_tokens`.
///
/// Refuses what the real service refuses; answers what its `Brain` decides. Safe from every thread.
package final class FakeAnthropic: Sendable {
    /// What it saw and did.
    package var events: EventLog<ModelEvent> { self.hub.events }
    private let hub: ModelHub<AnthropicSettings>
    private let server: HTTPServer

    private init(hub: ModelHub<AnthropicSettings>, server: HTTPServer) {
        self.hub = hub
        self.server = server
    }

    /// Starts on a port of the loopback; port 0 takes a free one.
    ///
    /// Throws when the port cannot be bound.
    package static func start(
        on port: Int = 0,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        settings: AnthropicSettings = AnthropicSettings()
    ) async throws -> FakeAnthropic {
        let hub = ModelHub(settings: settings)
        let door = AnthropicDoor(hub: hub)
        // The real service takes bodies of up to 32 MB.
        let server = try await HTTPServer.start(
            on: .tcp(host: "127.0.0.1", port: port),
            group: group,
            limits: HTTPServerLimits(maximumBodyBytes: 32_000_000)
        ) { request, responder in
            door.answer(request, responder)
        }
        return FakeAnthropic(hub: hub, server: server)
    }

    /// The port it listens on.
    package var port: Int { self.server.port }

    /// The URL clients are pointed at.
    package var url: String { "http://127.0.0.1:\(self.port)" }

    /// The settings as they are now.
    package var settings: AnthropicSettings { self.hub.settings }

    /// Changes the settings for requests to come.
    package func update(_ change: (inout AnthropicSettings) -> Void) {
        self.hub.update(change)
    }

    /// Makes the next `count` requests for a message go wrong.
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
