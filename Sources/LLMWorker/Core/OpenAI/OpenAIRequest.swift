import JSONText
import WorkerProtocol

/// The body of `POST /chat/completions`.
///
/// No field is ever null, and none is sent that a server might not know, but for `stream_options`.
enum OpenAIRequest {
    static func body(settings: LanguageModelSettings, history: WellFormedHistory, profile: OpenAIProfile) -> JSONValue {
        var messages: [JSONValue] = []
        if settings.system.contains(where: { !$0.isWhitespace }) {
            messages.append(["role": profile.systemRole, "content": .string(settings.system)])
        }
        for message in history.messages {
            messages += Self.messages(message)
        }
        var body: JSONObject = [
            "model": .string(settings.model),
            "messages": .array(messages),
            "stream": true,
            "stream_options": ["include_usage": true],
        ]
        body[profile.lengthLimitName] = .integer(Int64(max(1, settings.maximumTokens)))
        if !settings.tools.isEmpty {
            body["tools"] = .array(settings.tools.map(tool))
        }
        if let effort = profile.reasoningEffort(settings: settings) {
            body["reasoning_effort"] = .string(effort)
        }
        return .object(body)
    }

    private static func tool(_ definition: ToolDefinition) -> JSONValue {
        var function: JSONObject = ["name": .string(definition.name)]
        if !definition.description.isEmpty {
            function["description"] = .string(definition.description)
        }
        function["parameters"] = definition.inputSchema
        return ["type": "function", "function": .object(function)]
    }

    /// One message of the history as one message, or as one for each tool result and one for the text after them.
    private static func messages(_ message: LanguageModelMessage) -> [JSONValue] {
        var messages: [JSONValue] = []
        var texts: [String] = []
        var calls: [JSONValue] = []
        for block in message.content {
            switch block {
            case .text(let text):
                texts.append(text)
            case .toolUse(let id, let name, let input):
                calls.append([
                    "id": .string(id), "type": "function",
                    "function": ["name": .string(name), "arguments": .string(input.serialized())],
                ])
            case .toolResult(let id, let content, let isError):
                // There is no flag for an error, so the text says it.
                let text = isError ? "ERROR: " + content : content
                messages.append(["role": "tool", "tool_call_id": .string(id), "content": .string(text)])
            }
        }
        guard !texts.isEmpty || !calls.isEmpty else { return messages }
        var last: JSONObject = ["role": .string(message.role.rawValue)]
        // Some templates of local models need the content even where there are only calls.
        last["content"] = .string(texts.joined(separator: "\n"))
        if !calls.isEmpty {
            last["tool_calls"] = .array(calls)
        }
        return messages + [.object(last)]
    }
}
