import JSONText

/// Checks the messages of a chat completion and joins them into turns.
struct OpenAIConversation {
    let messages: JSONValue?
    let profile: OpenAIProfile

    /// Checks everything; returns the system prompt and the turns as a brain sees them.
    func check() throws(OpenAIError) -> (system: String, turns: [ChatTurn]) {
        guard let list = self.messages?.arrayValue else {
            throw .invalid(
                "Missing required parameter: 'messages'.",
                param: "messages",
                code: "missing_required_parameter"
            )
        }
        guard !list.isEmpty else {
            throw .invalid("Invalid 'messages': empty array.", param: "messages", code: "empty_array")
        }
        var system: [String] = []
        var turns: [ChatTurn] = []
        var open: [ChatToolCall] = []
        var roles: [String] = []
        for (index, message) in list.enumerated() {
            let role = message["role"]?.stringValue ?? ""
            if role != "tool" { try self.checkAnswered(open, index) }
            switch role {
            case "system", "developer":
                let text = try self.text(message, index)
                if role == "system" || self.profile.takesDeveloperRole { system.append(text) }
            case "user":
                self.append(to: &turns, isUser: true) { $0.append("") }
                turns[turns.count - 1].append(try self.text(message, index))
                roles.append(role)
            case "assistant":
                let calls = try self.calls(message, index)
                let content = message["content"] ?? .null
                guard content != .null || !calls.isEmpty else {
                    throw .invalid(
                        "Invalid value for 'content': expected a string, got null.",
                        param: "messages.[\(index)].content"
                    )
                }
                self.append(to: &turns, isUser: false) { $0.append(content.stringValue ?? "") }
                turns[turns.count - 1].toolCalls += calls
                open = calls
                roles.append(role)
            case "tool":
                let result = try self.result(message, index, &open)
                self.append(to: &turns, isUser: true) { $0.toolResults.append(result) }
                roles.append(role)
            default:
                throw .invalid("Invalid value: '\(role)'.", param: "messages[\(index)].role", code: "invalid_value")
            }
        }
        try self.checkAnswered(open, list.count)
        try self.checkAlternation(roles)
        return (system.joined(separator: "\n"), turns)
    }

    private func append(to turns: inout [ChatTurn], isUser: Bool, _ change: (inout ChatTurn) -> Void) {
        if turns.last?.isUser != isUser { turns.append(ChatTurn(isUser: isUser)) }
        change(&turns[turns.count - 1])
    }

    private func text(_ message: JSONValue, _ index: Int) throws(OpenAIError) -> String {
        if let text = message["content"]?.stringValue { return text }
        guard let parts = message["content"]?.arrayValue else {
            throw .invalid(
                "Invalid value for 'content': expected a string, got null.",
                param: "messages.[\(index)].content"
            )
        }
        return parts.compactMap { $0["text"]?.stringValue }.joined(separator: "\n")
    }

    private func calls(_ message: JSONValue, _ index: Int) throws(OpenAIError) -> [ChatToolCall] {
        guard let field = message["tool_calls"], field != .null else { return [] }
        guard let list = field.arrayValue, !list.isEmpty else {
            throw .invalid(
                "Invalid 'messages[\(index)].tool_calls': empty array.",
                param: "messages",
                code: "empty_array"
            )
        }
        var calls: [ChatToolCall] = []
        for (position, call) in list.enumerated() {
            let path = "messages[\(index)].tool_calls[\(position)]"
            guard let id = call["id"]?.stringValue, call["type"]?.stringValue == "function",
                let name = call["function"]?["name"]?.stringValue
            else { throw .invalid("Missing required parameter: '\(path).id'.", param: path) }
            guard let arguments = call["function"]?["arguments"]?.stringValue else {
                throw .invalid(
                    "Invalid type for '\(path).function.arguments': expected a string.",
                    param: path,
                    code: "invalid_type"
                )
            }
            let input = (try? JSONValue.parse(arguments)) ?? .string(arguments)
            calls.append(ChatToolCall(id: id, name: name, input: input))
        }
        return calls
    }

    private func result(_ message: JSONValue, _ index: Int, _ open: inout [ChatToolCall]) throws(OpenAIError)
        -> ChatToolResult
    {
        guard let id = message["tool_call_id"]?.stringValue else {
            throw .invalid(
                "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
                param: "messages.[\(index)].tool_call_id"
            )
        }
        guard let position = open.firstIndex(where: { $0.id == id }) else {
            throw .invalid(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                param: "messages.[\(index)].role"
            )
        }
        let text = try self.text(message, index)
        let isError = text.lowercased().hasPrefix("error")
        return ChatToolResult(call: open.remove(at: position), content: text, isError: isError)
    }

    private func checkAnswered(_ open: [ChatToolCall], _ index: Int) throws(OpenAIError) {
        guard !open.isEmpty else { return }
        throw .invalid(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
                + "The following tool_call_ids did not have response messages: "
                + open.map(\.id).joined(separator: ", "),
            param: "messages.[\(index)].role"
        )
    }

    private func checkAlternation(_ roles: [String]) throws(OpenAIError) {
        guard self.profile.needsAlternation else { return }
        let pairs = zip(roles, roles.dropFirst())
        guard pairs.allSatisfy({ $0 != $1 || $0 == "tool" }), roles.first == "user" else {
            throw .invalid("Conversation roles must alternate user/assistant/user/assistant/...")
        }
    }
}
