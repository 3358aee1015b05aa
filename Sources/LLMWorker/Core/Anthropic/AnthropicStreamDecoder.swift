import JSONText
import WorkerProtocol

/// Reads the stream of one Messages answer.
///
/// Text leaves at once. Tool calls are collected by the index of their block, all of them, and leave when the message has
/// stopped well: a call of a reply that breaks off must not run. A stream that ends without `message_stop` is a failure.
package struct AnthropicStreamDecoder: ReplyDecoder {
    /// The most content blocks followed in one reply.
    package static let maximumBlocks = 256

    /// An event that is cut off is dropped, as the standard says; a whole reply ends with `message_stop`.
    package static let acceptsUnterminatedEvent = false

    /// What the reply cost so far.
    package private(set) var usage = TokenUsage()

    private struct OpenCall {
        var id: String
        var name: String
        var startInput: JSONObject
        var inputText = ""
    }

    private let provider: String
    private var calls: [Int: OpenCall] = [:]
    private var stopReason: String?
    private var isOver = false

    /// Begins at the first event of a stream.
    package init(provider: String = AnthropicProvider.name) {
        self.provider = provider
    }

    /// Reads one event and appends what it says.
    package mutating func receive(_ event: ServerSentEvent, into output: inout [ReplyEvent]) {
        guard !isOver else { return }
        switch AnthropicEvent(event) {
        case .messageStart(let usage):
            update(usage)
        case .blockStart(let index, let block):
            start(block, at: index, into: &output)
        case .blockDelta(let index, let delta):
            append(delta, at: index, into: &output)
        case .blockStop:
            output.append(.progress)
        case .messageDelta(let reason, let usage):
            stopReason = reason ?? stopReason
            update(usage)
        case .messageStop:
            finish(into: &output)
        case .error(let error):
            fail(error.failure(status: nil, provider: provider), into: &output)
        case .malformed(let what):
            fail(.violation(what, provider: provider), into: &output)
        case .ignored:
            break
        }
    }

    /// The stream has ended; appends a failure if the reply was not complete.
    package mutating func endOfStream(into output: inout [ReplyEvent]) {
        guard !isOver else { return }
        fail(.truncated(provider: provider), into: &output)
    }

    private mutating func start(_ block: AnthropicEvent.Block, at index: Int, into output: inout [ReplyEvent]) {
        switch block {
        case .text(let text) where !text.isEmpty:
            output.append(.text(text))
        case .text, .other:
            output.append(.progress)
        case .toolUse(let id, let name, let input):
            guard calls.count < Self.maximumBlocks else {
                return fail(.violation("more than \(Self.maximumBlocks) tool calls", provider: provider), into: &output)
            }
            calls[index] = OpenCall(id: id, name: name, startInput: input)
            output.append(.progress)
        }
    }

    private mutating func append(_ delta: AnthropicEvent.Delta, at index: Int, into output: inout [ReplyEvent]) {
        switch delta {
        case .text(let text):
            output.append(text.isEmpty ? .progress : .text(text))
        case .inputJSON(let piece):
            calls[index]?.inputText.append(piece, upTo: ToolInput.maximumBytes)
            output.append(.progress)
        case .other:
            output.append(.progress)
        }
    }

    private mutating func finish(into output: inout [ReplyEvent]) {
        isOver = true
        let wasCut = stopReason == "max_tokens" || stopReason == "model_context_window_exceeded"
        if stopReason == "refusal" {
            return output.append(.finished(.refusal))
        }
        var complete = 0
        for (_, call) in calls.sorted(by: { $0.key < $1.key }) {
            let isEmpty = call.inputText.allSatisfy(\.isWhitespace)
            let input: ToolInput = isEmpty ? .valid(call.startInput) : ToolInput(parsing: call.inputText)
            if wasCut, isEmpty || !input.isValid { continue }
            output.append(.toolCall(ModelToolCall(id: call.id, name: call.name, input: input)))
            complete += 1
        }
        output.append(.finished(complete > 0 ? .toolUse : wasCut ? .maximumTokens : .endTurn))
    }

    private mutating func fail(_ failure: ProviderFailure, into output: inout [ReplyEvent]) {
        isOver = true
        output.append(.failed(failure))
    }

    /// Counts are cumulative, and those that are absent keep their last value.
    private mutating func update(_ counts: JSONValue?) {
        guard let counts else { return }
        usage.input = counts["input_tokens"]?.intValue ?? usage.input
        usage.output = counts["output_tokens"]?.intValue ?? usage.output
        usage.cacheRead = counts["cache_read_input_tokens"]?.intValue ?? usage.cacheRead
        usage.cacheWritten = counts["cache_creation_input_tokens"]?.intValue ?? usage.cacheWritten
    }
}
