import JSONText
import WorkerProtocol

/// How one server wants to be asked: OpenAI itself, or one that is compatible with it.
///
/// Compatible servers know fewer fields and roles than OpenAI, and OpenAI's own newest models refuse what the others
/// need (OpenAI chat completions; reasoning effort with function tools).
struct OpenAIProfile: Equatable, Sendable {
    /// Whether the server is OpenAI's own.
    var isOpenAI: Bool

    init(baseURL: ServiceURL) {
        isOpenAI = baseURL.host == "api.openai.com"
    }

    /// The role of the system prompt; some servers silently drop what they do not know.
    var systemRole: JSONValue { isOpenAI ? "developer" : "system" }

    /// The name of the length limit; OpenAI's reasoning models refuse `max_tokens`, local servers know nothing else.
    var lengthLimitName: String { isOpenAI ? "max_completion_tokens" : "max_tokens" }

    /// The value of `reasoning_effort`, nil to leave it out.
    ///
    /// With function tools GPT-5.6 and GPT-6 need `none` to be sent, GPT-5.4 and its older siblings refuse the field.
    func reasoningEffort(settings: LanguageModelSettings) -> String? {
        guard isOpenAI, let family = Family(model: settings.model) else { return nil }
        guard settings.tools.isEmpty else { return family.effortWithTools }
        return settings.effort ?? family.lowestEffort
    }

    /// Whether the model may think before it speaks with these settings; of other servers nothing is known.
    func mayThink(settings: LanguageModelSettings) -> Bool {
        guard isOpenAI else { return true }
        guard Family(model: settings.model) != nil else { return false }
        let effort = reasoningEffort(settings: settings)
        return effort != nil && effort != "none"
    }

    private struct Family {
        var lowestEffort: String
        var effortWithTools: String?

        /// Nil if the model does not reason or is not known.
        init?(model: String) {
            guard model.hasPrefix("gpt-") else { return nil }
            let numbers = model.dropFirst(4).prefix { $0.isNumber || $0 == "." }.split(separator: ".").map {
                Int($0) ?? 0
            }
            guard let major = numbers.first, major >= 5 else { return nil }
            let minor = numbers.count > 1 ? numbers[1] : 0
            switch (major, minor) {
            case (5, 0): lowestEffort = "minimal"
            case (5, 1...4): lowestEffort = "none"
            case (6, 1) where model.hasPrefix("gpt-6.1-sol"): lowestEffort = "low"
            default:
                lowestEffort = "none"
                effortWithTools = "none"
            }
        }
    }
}
