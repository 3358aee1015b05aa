import JSONText
import WorkerProtocol

/// Reads the stream of one chat completion, from OpenAI or from a server that imitates it more or less well.
///
/// A reply is complete with its `finish_reason`, or with `[DONE]`; what follows can only add the count of tokens. Text
/// leaves at once, without what the model thinks aloud; tool calls leave when the reply is complete.
package struct OpenAIStreamDecoder: ReplyDecoder {
    /// Some servers close the connection right after the last line.
    package static let acceptsUnterminatedEvent = true

    /// What the reply cost so far.
    package private(set) var usage = TokenUsage()

    private let provider: String
    private var filter = ThinkTagFilter()
    private var calls = ToolCallAccumulator()
    private var wasRefused = false
    private var isOver = false

    /// Begins at the first event of a stream.
    package init(provider: String = OpenAIProvider.name) {
        self.provider = provider
    }

    /// Reads one event and appends what it says.
    package mutating func receive(_ event: ServerSentEvent, into output: inout [ReplyEvent]) {
        if event.data.elementsEqual("[DONE]".utf8) {
            if !isOver { finish(reason: "stop", into: &output) }
            return
        }
        guard let chunk = try? JSONValue.parse(event.data), chunk.objectValue != nil else {
            if !isOver { fail(.violation("an event that is not a JSON object", provider: provider), into: &output) }
            return
        }
        update(chunk["usage"])
        update(chunk["x_groq"]?["usage"])
        guard !isOver else { return }
        if let error = Self.error(of: chunk) {
            return fail(OpenAIError(error).failure(status: nil, provider: provider), into: &output)
        }
        guard let choice = chunk["choices"]?[0] else { return }
        receive(delta: choice["delta"] ?? choice["message"] ?? .null, into: &output)
        if !isOver, let reason = choice["finish_reason"]?.stringValue, !reason.isEmpty {
            finish(reason: reason, into: &output)
        }
    }

    /// The stream has ended; appends a failure if the reply was not complete.
    package mutating func endOfStream(into output: inout [ReplyEvent]) {
        guard !isOver else { return }
        fail(.truncated(provider: provider), into: &output)
    }

    private mutating func receive(delta: JSONValue, into output: inout [ReplyEvent]) {
        if let refusal = delta["refusal"]?.stringValue, !refusal.isEmpty {
            wasRefused = true
        }
        let text = filter.receive(Self.text(of: delta["content"]))
        for entry in delta["tool_calls"]?.arrayValue ?? [] { calls.receive(entry) }
        if calls.hasOverflowed {
            let what = "more than \(ToolCallAccumulator.maximumCalls) tool calls"
            return fail(.violation(what, provider: provider), into: &output)
        }
        if !text.isEmpty {
            output.append(.text(text))
        } else if Self.isWork(delta) {
            output.append(.progress)
        }
    }

    private mutating func finish(reason: String, into output: inout [ReplyEvent]) {
        let rest = filter.endOfText()
        if !rest.isEmpty { output.append(.text(rest)) }
        switch reason {
        case "content_filter", "refusal":
            wasRefused = true
        case "error":
            return fail(.transport("\(provider) broke off its answer", provider: provider), into: &output)
        default: break
        }
        isOver = true
        if wasRefused {
            return output.append(.finished(.refusal))
        }
        let wasCut = reason == "length"
        let complete = calls.completed.filter { !wasCut || $0.input.isValid }
        output += complete.map { .toolCall($0) }
        output.append(.finished(!complete.isEmpty ? .toolUse : wasCut ? .maximumTokens : .endTurn))
    }

    private mutating func fail(_ failure: ProviderFailure, into output: inout [ReplyEvent]) {
        isOver = true
        output.append(.failed(failure))
    }

    /// Content is a text, a list of parts with texts, or nothing.
    private static func text(of content: JSONValue?) -> String {
        if let text = content?.stringValue { return text }
        return (content?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined()
    }

    private static func error(of chunk: JSONValue) -> JSONValue? {
        for candidate in [chunk["error"], chunk["x_groq"]?["error"]] {
            if let candidate, candidate != .null { return candidate }
        }
        return nil
    }

    /// Whether a delta without words shows that the model is at work; the first one only carries the role.
    private static func isWork(_ delta: JSONValue) -> Bool {
        ["content", "reasoning", "reasoning_content"].contains { delta[$0]?.stringValue?.isEmpty == false }
            || delta["tool_calls"]?.arrayValue?.isEmpty == false
    }

    private mutating func update(_ counts: JSONValue?) {
        guard let counts, counts.objectValue != nil else { return }
        let cached = counts["prompt_tokens_details"]?["cached_tokens"]?.intValue ?? 0
        usage.cacheRead = cached
        usage.input = max(0, (counts["prompt_tokens"]?.intValue ?? 0) - cached)
        usage.output = counts["completion_tokens"]?.intValue ?? usage.output
    }
}
