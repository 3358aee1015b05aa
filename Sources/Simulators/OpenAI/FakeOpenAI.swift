package import NIOCore
import NIOPosix

/// A server of the chat completions API on this machine: `POST /v1/chat/completions`, `GET /v1/models`, `GET /health`.
///
/// Which server's manners it has is a setting.
package typealias FakeOpenAI = FakeModel<OpenAISettings>

extension FakeModel where Settings == OpenAISettings {
    /// Starts on a port of the loopback; port 0 takes a free one.
    ///
    /// Throws when the port cannot be bound.
    package static func start(
        on port: Int = 0,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        settings: OpenAISettings = OpenAISettings()
    ) async throws -> FakeOpenAI {
        try await self.start(on: port, group: group, settings: settings, basePath: "/v1") { OpenAIDoor(hub: $0) }
    }
}
