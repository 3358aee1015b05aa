import HTTPServing
package import NIOCore
import NIOPosix
import Synchronization
import WebSocketTransport

/// A Deepgram on this machine: `/v1/listen` and `/v1/speak` as the real service speaks and refuses them.
///
/// Its transcription listens (see `ListenSettings`) and its synthesis has a voice (see `VoiceLibrary`). Safe from every
/// thread.
package final class FakeDeepgram: Sendable {
    /// What it saw and did.
    package let events: EventLog<DeepgramEvent>
    private let hub: DeepgramHub
    private let server: HTTPServer

    private init(hub: DeepgramHub, server: HTTPServer) {
        self.events = hub.events
        self.hub = hub
        self.server = server
    }

    /// Starts on a port of the loopback; port 0 takes a free one.
    ///
    /// Without a `voice` library it makes its own with the best engine installed; the caller of a test passes the one it
    /// renders its own speech with. Throws when the port cannot be bound.
    package static func start(
        on port: Int = 0,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        settings: DeepgramSettings = DeepgramSettings(),
        voice: VoiceLibrary? = nil
    ) async throws -> FakeDeepgram {
        let library: VoiceLibrary
        if let voice { library = voice } else { library = await .automatic() }
        let hub = DeepgramHub(settings: settings, voice: library, events: EventLog())
        let door = DeepgramDoor(hub: hub)
        let server = try await HTTPServer.start(
            on: .tcp(host: "127.0.0.1", port: port),
            group: group,
            limits: HTTPServerLimits()
        ) { request, responder in
            door.answer(request, responder)
        }
        return FakeDeepgram(hub: hub, server: server)
    }

    /// The port it listens on.
    package var port: Int { self.server.port }

    /// The URL clients are pointed at.
    package var url: String { "ws://127.0.0.1:\(self.port)" }

    /// The library that speaks and is searched for what is heard.
    package var voice: VoiceLibrary { self.hub.voice }

    /// The settings as they are now.
    package var settings: DeepgramSettings { self.hub.settings }

    /// Changes the settings; faults and latencies take effect on open connections too.
    package func update(_ change: (inout DeepgramSettings) -> Void) {
        self.hub.update(change)
    }

    /// Makes the next `count` upgrades of a kind go wrong.
    package func failHandshakes(_ count: Int = 1, of kind: DeepgramKind, with fault: HandshakeFault) {
        self.hub.addFaults(Array(repeating: fault, count: max(0, count)), kind: kind)
    }

    /// How many connections of a kind are open.
    package func openConnections(_ kind: DeepgramKind) -> Int {
        self.hub.count(kind)
    }

    /// What is remembered of the connections, oldest first.
    package var records: [DeepgramRecord] { self.hub.records }

    /// Closes all open connections, of one kind or both, with a close frame.
    package func closeConnections(_ kind: DeepgramKind? = nil, code: UInt16, reason: String) {
        self.hub.endAll(kind, code: code, reason: reason)
    }

    /// Cuts all open connections, of one kind or both, without a close frame.
    package func cutConnections(_ kind: DeepgramKind? = nil) {
        self.hub.endAll(kind, code: nil, reason: "")
    }

    /// Cuts all connections and stops listening.
    package func stop() async {
        self.cutConnections()
        await self.server.close()
    }
}
