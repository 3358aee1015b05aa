package import WorkerProtocol

/// What a provider's stream says, in no provider's dialect.
package enum ReplyEvent: Equatable, Sendable {
    /// The model works, but there is nothing to pass on: thinking, or a tool's input being written.
    case progress

    /// Words to speak; never empty.
    case text(String)

    /// The model asks for a tool; comes only when the whole reply has arrived well, just before `finished`.
    case toolCall(ModelToolCall)

    /// The reply is complete. Nothing follows.
    case finished(LanguageModelEvent.StopReason)

    /// The reply cannot be completed. Nothing follows.
    case failed(ProviderFailure)
}

/// A tool the model asked for.
package struct ModelToolCall: Equatable, Sendable {
    /// The provider's id of the call, empty if it gave none.
    package var id: String

    /// The tool's name as the model wrote it.
    package var name: String

    /// The input as the model wrote it.
    package var input: ToolInput

    /// Makes a call.
    package init(id: String, name: String, input: ToolInput) {
        self.id = id
        self.name = name
        self.input = input
    }
}

/// What a reply cost, as far as the provider told; the latest count it gave.
package struct TokenUsage: Equatable, Sendable {
    /// Tokens read that were not in the cache.
    package var input = 0

    /// Tokens read from the cache.
    package var cacheRead = 0

    /// Tokens written to the cache.
    package var cacheWritten = 0

    /// Tokens made.
    package var output = 0

    /// No tokens yet.
    package init() {}
}

/// Understands the events of one reply of one provider.
package protocol ReplyDecoder: Sendable {
    /// Whether a last event without the empty line that should follow it is still read.
    static var acceptsUnterminatedEvent: Bool { get }

    /// What the reply cost so far.
    var usage: TokenUsage { get }

    /// Reads one event and appends what it says; nothing is appended once the reply is finished or has failed.
    mutating func receive(_ event: ServerSentEvent, into output: inout [ReplyEvent])

    /// The stream has ended; appends a failure if the reply was not complete.
    mutating func endOfStream(into output: inout [ReplyEvent])
}
