import HTTPServing
import NIOCore
import NIOPosix

/// A language model's service on this machine; what it speaks is decided by its settings' type.
///
/// Refuses what the real service refuses; answers what its `Brain` decides. Safe from every thread.
package final class FakeModel<Settings: Sendable>: Sendable {
    /// What it saw and did.
    package var events: EventLog<ModelEvent> { self.hub.events }
    private let hub: ModelHub<Settings>
    private let server: HTTPServer
    private let basePath: String

    private init(hub: ModelHub<Settings>, server: HTTPServer, basePath: String) {
        self.hub = hub
        self.server = server
        self.basePath = basePath
    }

    /// Starts on a port of the loopback.
    ///
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - group: the loops to answer on.
    ///   - settings: the settings to begin with.
    ///   - basePath: what clients have after the port in their base URL.
    ///   - door: makes what answers the requests.
    /// - Returns: the running service.
    /// - Throws: when the port cannot be bound.
    static func start(
        on port: Int,
        group: any EventLoopGroup,
        settings: Settings,
        basePath: String,
        door: (ModelHub<Settings>) -> any ModelDoor
    ) async throws -> FakeModel {
        let hub = ModelHub(settings: settings)
        let door = door(hub)
        // Anthropic takes bodies of up to 32 MB.
        let server = try await HTTPServer.start(
            on: .tcp(host: "127.0.0.1", port: port),
            group: group,
            limits: HTTPServerLimits(maximumBodyBytes: 32_000_000)
        ) { request, responder in
            door.answer(request, responder)
        }
        return FakeModel(hub: hub, server: server, basePath: basePath)
    }

    /// The port it listens on.
    package var port: Int { self.server.port }

    /// The base URL clients are pointed at.
    package var url: String { "http://127.0.0.1:\(self.port)\(self.basePath)" }

    /// The settings as they are now.
    package var settings: Settings { self.hub.settings }

    /// Changes the settings for requests to come.
    package func update(_ change: (inout Settings) -> Void) {
        self.hub.update(change)
    }

    /// Makes the next `count` requests for an answer go wrong.
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
