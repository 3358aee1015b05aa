/// How the simulated Messages API behaves.
package struct AnthropicSettings: Sendable {
    /// Keys that are let in; nil: any that is not empty.
    package var apiKeys: Set<String>?
    /// What it answers.
    package var brain = Brain.receptionist
    /// When it answers.
    package var timing = StreamTiming()
    /// The fault of every request that has none of its own; nil: healthy.
    package var fault: ModelFault?
    /// Whether the lines of events are split over writes.
    package var splitsWrites = true
    /// Requests a minute; beyond it 429.
    package var requestsPerMinute = 1000

    /// Creates the settings of a healthy service.
    package init() {}
}
