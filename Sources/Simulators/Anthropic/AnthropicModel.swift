/// What one model allows (Anthropic, models overview, thinking and effort).
struct AnthropicModel: Equatable {
    /// How a model thinks.
    enum Thinking: String {
        case adaptive
        case disabled
        case betweenTools = "between_tools"
        case enabled
    }

    let id: String
    /// What holds when a request does not say.
    var thinking = Thinking.adaptive
    /// What a request may say.
    var allowedThinking: Set<Thinking> = [.adaptive]
    /// The efforts it knows.
    var efforts = ["low", "medium", "high", "xhigh", "max"]
    /// The efforts it knows with thinking off; nil: the same.
    var effortsWithoutThinking: [String]?
    /// Whether a tool may be forced.
    var forcesTools = true
    /// Whether the conversation may hold `system` messages.
    var takesSystemMessages = false
    /// Whether the conversation may end with the model's own words.
    var takesPrefill = false
    /// Whether sampling parameters other than the defaults are taken under the older API version.
    var takesSampling = false
    /// Most tokens it writes.
    var maximumTokens = 128_000
    /// Fewest tokens of a prefix that can be cached.
    var cacheFloor = 512

    /// The model called `id`, if there is one.
    static func named(_ id: String) -> AnthropicModel? {
        self.all.first { $0.id == id }
    }

    /// Every model, newest first.
    static let all: [AnthropicModel] = [
        AnthropicModel(
            id: "claude-haiku-5-5",
            allowedThinking: [.adaptive, .disabled],
            effortsWithoutThinking: ["low", "medium", "high"]
        ),
        AnthropicModel(
            id: "claude-sonnet-5-5",
            allowedThinking: [.adaptive, .betweenTools],
            efforts: ["low", "medium", "high"],
            forcesTools: false,
            takesSystemMessages: true
        ),
        AnthropicModel(id: "claude-opus-5-5", forcesTools: false, takesSystemMessages: true),
        AnthropicModel(id: "claude-fable-5-2", forcesTools: false, takesSystemMessages: true),
        AnthropicModel(id: "claude-fable-5-1", forcesTools: false, takesSystemMessages: true),
        older("claude-sonnet-5", cacheFloor: 1024),
        older("claude-opus-5", cacheFloor: 512, takesSystemMessages: true),
        older("claude-opus-4-8", cacheFloor: 1024, takesSystemMessages: true),
        older("claude-opus-4-7", cacheFloor: 2048),
        older("claude-opus-4-6", cacheFloor: 4096, enabled: true),
        older("claude-sonnet-4-6", cacheFloor: 1024, enabled: true),
        old("claude-haiku-4-5", cacheFloor: 4096),
        old("claude-haiku-4-5-20251001", cacheFloor: 4096),
        old("claude-sonnet-4-5", cacheFloor: 1024),
        old("claude-opus-4-5", cacheFloor: 4096),
    ]

    private static func older(
        _ id: String,
        cacheFloor: Int,
        takesSystemMessages: Bool = false,
        enabled: Bool = false
    ) -> AnthropicModel {
        AnthropicModel(
            id: id,
            thinking: .disabled,
            allowedThinking: enabled ? [.adaptive, .disabled, .enabled] : [.adaptive, .disabled],
            takesSystemMessages: takesSystemMessages,
            takesSampling: enabled,
            cacheFloor: cacheFloor
        )
    }

    private static func old(_ id: String, cacheFloor: Int) -> AnthropicModel {
        AnthropicModel(
            id: id,
            thinking: .disabled,
            allowedThinking: [.disabled, .enabled],
            efforts: [],
            takesPrefill: true,
            takesSampling: true,
            maximumTokens: 64_000,
            cacheFloor: cacheFloor
        )
    }
}
