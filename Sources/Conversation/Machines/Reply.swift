/// A reply that the caller's latest turn is owed.
struct Reply: Sendable, Equatable {
    /// What it waits for.
    enum Stage: Sendable, Equatable {
        /// The model, at work on this generation.
        case thinking(Generation)
        /// The model's session, which is lost.
        case waitingForModel
        /// The results of tools.
        case runningTools
        /// The caller, who may be speaking on; then the model is asked anew.
        case suspended
    }

    /// The caller's turn.
    let turn: Int
    /// What it waits for.
    var stage = Stage.suspended
    /// The speech of the current generation's words.
    var speech: Generation?
    /// The current generation's tool calls.
    var calls: [ToolCall] = []
    /// Whether the current generation has said or called anything.
    var sawOutput = false
    /// Whether the current generation has said more than white space.
    var hasText = false
    /// How many characters the current generation has said.
    var characters = 0
    /// When the model last got on.
    var lastProgress = CallTime.zero
    /// How often the model was asked in this round.
    var attempt = 0
    /// How often the model was asked with new results.
    var round = 1
    /// How often the model failed in this round.
    var failures = 0
    /// Whether the model was told that it had said nothing.
    var wasNudged = false

    /// The live generation, if the model is at work.
    var generation: Generation? {
        if case .thinking(let generation) = stage { generation } else { nil }
    }

    /// A generation begins.
    mutating func began(_ generation: Generation, at now: CallTime) {
        stage = .thinking(generation)
        speech = nil
        calls = []
        sawOutput = false
        hasText = false
        characters = 0
        lastProgress = now
        attempt += 1
    }

    /// The results of a round of tools are there.
    mutating func nextRound() {
        round += 1
        attempt = 0
        failures = 0
    }
}
