import JSONText
import WorkerProtocol

/// The body of `POST /v1/messages`.
///
/// The system prompt and the tools are the same bytes for every call of an agent, so that they are read from the cache
/// (kept an hour); a second marker on the last message lets each turn read the turns before it from the cache (kept five
/// minutes). Nothing that changes from call to call may stand before them. Sampling parameters do not exist for the
/// newest models and are never sent. (Anthropic Messages API, prompt caching; versioning.)
enum AnthropicRequest {
    static func body(settings: LanguageModelSettings, history: WellFormedHistory) -> JSONValue {
        let model = AnthropicModel(id: settings.model)
        var body: JSONObject = [
            "model": .string(settings.model),
            "max_tokens": .integer(Int64(max(1, settings.maximumTokens))),
            "stream": true,
        ]
        body["thinking"] = model.thinking(asked: settings.thinking)
        if let effort = model.effort(asked: settings.effort, thinking: settings.thinking) {
            body["output_config"] = ["effort": .string(effort)]
        }
        if settings.system.contains(where: { !$0.isWhitespace }) {
            body["system"] = [
                [
                    "type": "text", "text": .string(settings.system),
                    "cache_control": ["type": "ephemeral", "ttl": "1h"],
                ]
            ]
        }
        if !settings.tools.isEmpty {
            body["tools"] = .array(settings.tools.map(tool))
        }
        body["messages"] = messages(history)
        return .object(body)
    }

    private static func tool(_ definition: ToolDefinition) -> JSONValue {
        var tool: JSONObject = ["name": .string(definition.name)]
        if !definition.description.isEmpty {
            tool["description"] = .string(definition.description)
        }
        tool["input_schema"] = definition.inputSchema
        return .object(tool)
    }

    private static func messages(_ history: WellFormedHistory) -> JSONValue {
        let last = history.messages.count - 1
        return .array(
            history.messages.enumerated().map { index, message in
                var blocks = message.content.map(block)
                if index == last, let final = blocks.indices.last {
                    blocks[final]["cache_control"] = ["type": "ephemeral"]
                }
                return [
                    "role": .string(message.role.rawValue), "content": .array(blocks.map { .object($0) }),
                ]
            }
        )
    }

    private static func block(_ content: LanguageModelMessage.Content) -> JSONObject {
        switch content {
        case .text(let text):
            return ["type": "text", "text": .string(text)]
        case .toolUse(let id, let name, let input):
            return ["type": "tool_use", "id": .string(id), "name": .string(name), "input": input]
        case .toolResult(let id, let content, let isError):
            var result: JSONObject = [
                "type": "tool_result", "tool_use_id": .string(id), "content": .string(content),
            ]
            if isError { result["is_error"] = true }
            return result
        }
    }
}
