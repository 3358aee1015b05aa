import JSONText
import WorkerProtocol

/// What one of Anthropic's models allows in `thinking` and `effort` (Anthropic Messages API, models and thinking).
///
/// The defaults of the newest models think before they speak, which is silence on a telephone line; so the lowest
/// legal setting is chosen unless the agent asks for more.
struct AnthropicModel: Equatable, Sendable {
    /// The least thinking a model can be told to do.
    enum LowestThinking: Equatable, Sendable {
        /// `{"type":"disabled"}`.
        case disabled

        /// `{"type":"between_tools"}`; `disabled` is refused.
        case betweenTools

        /// It always thinks; only `effort` makes it think less.
        case always

        /// It does not think unless asked, in a way that is not offered here: the field is left out.
        case offByDefault

        /// Not a model of the table: the field is sent only as the agent asks.
        case unknown
    }

    var lowestThinking: LowestThinking

    /// Whether `output_config.effort` is understood.
    var takesEffort: Bool

    /// Looks a model up by its id, with or without the date at the end.
    init(id: String) {
        switch id {
        case _ where id.hasPrefix("claude-haiku-5-5"):
            self.init(lowestThinking: .disabled, takesEffort: true)
        case _ where id.hasPrefix("claude-sonnet-5-5"):
            self.init(lowestThinking: .betweenTools, takesEffort: true)
        case _ where id.hasPrefix("claude-opus-5-5") || id.hasPrefix("claude-fable-5"):
            self.init(lowestThinking: .always, takesEffort: true)
        case _ where id.hasPrefix("claude-sonnet-5") || id.hasPrefix("claude-opus-5"):
            self.init(lowestThinking: .disabled, takesEffort: true)
        case _ where Self.isFourPointSixOrLater(id):
            self.init(lowestThinking: .disabled, takesEffort: true)
        case _ where ["claude-haiku-4", "claude-sonnet-4", "claude-opus-4", "claude-3"].contains(where: id.hasPrefix):
            self.init(lowestThinking: .offByDefault, takesEffort: false)
        default:
            self.init(lowestThinking: .unknown, takesEffort: true)
        }
    }

    private init(lowestThinking: LowestThinking, takesEffort: Bool) {
        self.lowestThinking = lowestThinking
        self.takesEffort = takesEffort
    }

    /// The `thinking` field, nil to leave it out.
    ///
    /// - Parameter asked: `disabled`, `between_tools` or `adaptive`, nil for the lowest.
    /// - Returns: The nearest setting that the model takes.
    func thinking(asked: String?) -> JSONValue? {
        let wantsAdaptive = asked == "adaptive"
        switch lowestThinking {
        case .disabled: return wantsAdaptive ? ["type": "adaptive"] : ["type": "disabled"]
        case .betweenTools: return wantsAdaptive ? ["type": "adaptive"] : ["type": "between_tools"]
        case .always, .offByDefault: return nil
        case .unknown: return asked.map { ["type": .string($0)] }
        }
    }

    /// The `output_config.effort` field, nil to leave it out.
    ///
    /// - Parameters:
    ///   - asked: The agent's wish, nil for the provider's default.
    ///   - thinking: The agent's wish for thinking.
    /// - Returns: The nearest setting that the model takes.
    func effort(asked: String?, thinking: String?) -> String? {
        guard takesEffort else { return nil }
        guard let asked else { return lowestThinking == .always && thinking != "adaptive" ? "low" : nil }
        // Without thinking, and between tools, only the three lower ones are legal.
        let isLimited = lowestThinking == .betweenTools || (lowestThinking == .disabled && thinking != "adaptive")
        return isLimited && (asked == "xhigh" || asked == "max") ? "high" : asked
    }

    /// Whether the model thinks with these wishes, before its first word or between tools.
    func thinks(asked: String?) -> Bool {
        switch lowestThinking {
        case .disabled: asked == "adaptive"
        case .betweenTools, .always: true
        case .offByDefault: false
        case .unknown: asked != nil && asked != "disabled"
        }
    }

    private static func isFourPointSixOrLater(_ id: String) -> Bool {
        ["claude-sonnet-4-", "claude-opus-4-"].contains { prefix in
            guard id.hasPrefix(prefix), let minor = Int(id.dropFirst(prefix.count).prefix { $0.isNumber }) else {
                return false
            }
            return (6...99).contains(minor)
        }
    }
}
