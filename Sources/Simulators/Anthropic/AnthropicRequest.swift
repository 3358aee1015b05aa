import JSONText

/// A request to the Messages API that was found to be as it must be.
struct AnthropicRequest: Equatable {
    let model: AnthropicModel
    let maximumTokens: Int
    let isStreaming: Bool
    let thinking: AnthropicModel.Thinking
    /// The tool choice's type: `auto`, `any`, `none` or `tool`.
    let toolChoice: String
    /// The tool that must be called.
    let forcedTool: String?
    /// Whether more than one tool may be called at once.
    let allowsParallelTools: Bool
    /// The conversation as a brain sees it.
    let chat: BrainRequest
    /// The blocks of the request in the order in which they are cached: tools, system, messages.
    let cacheBlocks: [AnthropicCacheBlock]
}

/// One block of a request for the prompt cache.
struct AnthropicCacheBlock: Equatable {
    /// The block as JSON without its marker.
    let text: String
    /// Seconds the prefix up to and including this block is to be kept; nil: it carries no marker.
    let keepSeconds: Int?
}
