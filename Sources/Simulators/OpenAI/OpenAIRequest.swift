import JSONText

/// A request for a chat completion that was found to be as it must be.
struct OpenAIRequest: Equatable {
    let model: String
    let isStreaming: Bool
    let includesUsage: Bool
    let maximumTokens: Int?
    /// `auto`, `none`, `required`, or the name of the tool that must be called after `function:`.
    let toolChoice: String
    let allowsParallelTools: Bool
    let chat: BrainRequest
    /// About how many tokens were sent.
    let promptTokens: Int
}
