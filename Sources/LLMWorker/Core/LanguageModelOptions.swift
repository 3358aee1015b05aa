package import NIOCore
package import Observability

/// How the language-model worker is set up; the same for all its calls.
package struct LanguageModelOptions: Sendable {
    /// The key of Anthropic's API.
    package var anthropicKey: Secret?

    /// The key of OpenAI's API, or of a server that imitates it.
    package var openAIKey: Secret?

    /// Where Anthropic's API is, whatever the session says.
    package var anthropicBaseURL: String?

    /// Where OpenAI's API is, whatever the session says.
    package var openAIBaseURL: String?

    /// How long replies may take.
    package var timing = ReplyTiming()

    /// How long a connection to a provider may be idle before it is used, so that it stays open.
    package var warmingInterval = TimeAmount.seconds(30)

    /// Where the values of names in tools' headers come from.
    package var environment: Environment

    /// Seconds since 1970.
    package var wallClock: @Sendable () -> Int64 = WallClock.secondsSinceEpoch

    /// Reads keys and base URLs: `ANTHROPIC_API_KEY`, `OPENAI_API_KEY` (credentials or environment), `ANTHROPIC_BASE_URL`
    /// and `OPENAI_BASE_URL`.
    package init(environment: Environment = .process) {
        self.environment = environment
        anthropicKey = Credentials.load(["ANTHROPIC_API_KEY"], environment: environment)
        openAIKey = Credentials.load(["OPENAI_API_KEY"], environment: environment)
        anthropicBaseURL = environment["ANTHROPIC_BASE_URL"]
        openAIBaseURL = environment["OPENAI_BASE_URL"]
    }
}
