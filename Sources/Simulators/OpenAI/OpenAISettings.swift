/// How the simulated chat completions API behaves.
package struct OpenAISettings: Sendable {
    /// Which server it is.
    package var profile = OpenAIProfile.openai
    /// Keys that are let in; nil: any that is not empty, or none where the profile needs none.
    package var apiKeys: Set<String>?
    /// Models there are; empty: every name.
    package var models: Set<String> = []
    /// What it answers.
    package var brain = Brain.receptionist
    /// When it answers.
    package var timing = StreamTiming()
    /// The fault of every request that has none of its own; nil: healthy.
    package var fault: ModelFault?
    /// Whether the lines of events are split over writes.
    package var splitsWrites = true
    /// Whether the stream ends with `[DONE]`.
    package var sendsDone = true
    /// Whether the server was started with tools switched on (vLLM: `--enable-auto-tool-choice`).
    package var hasTools = true
    /// Whether the server is still loading its model: 503.
    package var isLoading = false
    /// Requests a minute; beyond it 429.
    package var requestsPerMinute = 1000

    /// Creates the settings of a healthy OpenAI.
    package init() {}
}
