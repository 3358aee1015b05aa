/// Which of the servers that speak the chat completions API is simulated (differences as documented by each).
package enum OpenAIProfile: String, Sendable, Equatable, CaseIterable {
    /// OpenAI itself: strict.
    case openai
    /// Ollama: takes nearly everything, gives several whole tool calls in one chunk, finishes tools with `stop`.
    case ollama
    /// vLLM: strict about tool parsing, usage on request, `reasoning` in deltas.
    case vllm

    /// Whether a credential is needed.
    var needsKey: Bool { self == .openai }
    /// Whether tool calls come whole in one chunk.
    var sendsWholeToolCalls: Bool { self == .ollama }
    /// The finish reason of an answer that calls tools.
    var toolFinishReason: String { self == .ollama ? "stop" : "tool_calls" }
    /// Whether unknown fields are refused.
    var isStrict: Bool { self == .openai }
    /// Whether the `developer` role is understood; otherwise such messages are silently left out.
    var takesDeveloperRole: Bool { self == .openai }
    /// Whether a conversation must alternate between caller and model.
    var needsAlternation: Bool { self == .vllm }
}
