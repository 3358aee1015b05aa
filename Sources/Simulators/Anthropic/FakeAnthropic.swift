package import NIOCore
import NIOPosix

/// An Anthropic on this machine: `POST /v1/messages`, `GET /v1/models` and `POST /v1/messages/count_tokens`.
package typealias FakeAnthropic = FakeModel<AnthropicSettings>

extension FakeModel where Settings == AnthropicSettings {
    /// Starts on a port of the loopback; port 0 takes a free one.
    ///
    /// Throws when the port cannot be bound.
    package static func start(
        on port: Int = 0,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        settings: AnthropicSettings = AnthropicSettings()
    ) async throws -> FakeAnthropic {
        try await self.start(on: port, group: group, settings: settings, basePath: "") { AnthropicDoor(hub: $0) }
    }
}
