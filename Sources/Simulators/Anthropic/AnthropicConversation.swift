import JSONText

/// Checks the messages of a request and joins them into turns (Anthropic, message rules and tool pairing).
struct AnthropicConversation {
    private static let blockFields: [String: Set<String>] = [
        "text": ["type", "text", "cache_control", "citations"],
        "tool_use": ["type", "id", "name", "input", "cache_control", "caller"],
        "tool_result": ["type", "tool_use_id", "content", "is_error", "cache_control"],
        "thinking": ["type", "thinking", "signature"],
        "redacted_thinking": ["type", "data"],
        "image": ["type", "source", "cache_control"],
        "document": ["type", "source", "cache_control", "title", "context", "citations"],
    ]

    let messages: [JSONValue]
    let model: AnthropicModel
    let version: String

    /// One message, its content as blocks.
    private struct Message {
        let index: Int
        let role: String
        let blocks: [JSONValue]
    }

    /// Checks everything and returns the turns as a brain sees them.
    func check() throws(AnthropicError) -> [ChatTurn] {
        guard !self.messages.isEmpty else { throw .invalid("messages: at least one message is required") }
        guard self.messages.count <= AnthropicValidator.maximumMessages else {
            throw .invalid("messages: List should have at most 100000 items")
        }
        var read: [Message] = []
        for index in self.messages.indices { read.append(try self.read(index)) }
        try self.checkOrder(read)
        let turns = self.joined(read.filter { $0.role != "system" })
        for (position, turn) in turns.enumerated() {
            try self.checkTools(turn, before: position > 0 ? turns[position - 1] : nil)
            try self.checkAnswered(turn, by: position + 1 < turns.count ? turns[position + 1] : nil)
        }
        if read.last?.role == "assistant", !self.model.takesPrefill {
            throw .invalid(
                "This model does not support assistant message prefill. The conversation must end with a user message."
            )
        }
        return self.chatTurns(turns)
    }

    // MARK: - Single messages

    private func read(_ index: Int) throws(AnthropicError) -> Message {
        let path = "messages.\(index)"
        guard let object = self.messages[index].objectValue else {
            throw .invalid("\(path): Input should be a valid dictionary")
        }
        if let extra = object.keys.first(where: { $0 != "role" && $0 != "content" }) {
            throw .invalid("\(path).\(extra): Extra inputs are not permitted")
        }
        guard let role = object["role"]?.stringValue else { throw .invalid("\(path).role: Field required") }
        guard ["user", "assistant", "system"].contains(role) else {
            throw .invalid("messages: Unexpected role \"\(role)\". Allowed roles are \"user\" or \"assistant\".")
        }
        guard let content = object["content"] else { throw .invalid("\(path).content: Field required") }
        let blocks: [JSONValue]
        if let text = content.stringValue {
            blocks = [["type": "text", "text": .string(text)]]
        } else if let list = content.arrayValue {
            guard !list.isEmpty else { throw .invalid("\(path): \(role) messages must have non-empty content") }
            blocks = list
        } else {
            throw .invalid("\(path).content: Input should be a valid string or list")
        }
        for position in blocks.indices { try self.check(blocks[position], role, "\(path).content.\(position)") }
        return Message(index: index, role: role, blocks: blocks)
    }

    private func check(_ block: JSONValue, _ role: String, _ path: String) throws(AnthropicError) {
        guard let object = block.objectValue, let type = object["type"]?.stringValue,
            let fields = Self.blockFields[type]
        else { throw .invalid("\(path): Input tag does not match any of the expected tags") }
        if let extra = object.keys.first(where: { !fields.contains($0) }) {
            throw .invalid("\(path).\(type).\(extra): Extra inputs are not permitted")
        }
        let isUser = role == "user"
        switch type {
        case "text": try self.checkText(object, isUser, path)
        case "tool_use":
            guard role == "assistant" else {
                throw .invalid("\(path): `tool_use` blocks can only be in assistant messages")
            }
            try self.checkToolUse(object, path)
        case "tool_result":
            guard isUser else { throw .invalid("\(path): `tool_result` blocks can only be in user messages") }
            try self.checkToolResult(object, path)
        case "thinking":
            guard role == "assistant" else {
                throw .invalid("\(path): `thinking` blocks can only be in assistant messages")
            }
            guard object["signature"]?.stringValue?.isEmpty == false else {
                throw .invalid("\(path).thinking.signature: Field required")
            }
        case "document" where !isUser && self.version == AnthropicValidator.newestVersion:
            throw .invalid("\(path): `document` blocks are not permitted in assistant messages")
        default: break
        }
    }

    private func checkText(_ block: JSONObject, _ isUser: Bool, _ path: String) throws(AnthropicError) {
        guard let text = block["text"]?.stringValue else { throw .invalid("\(path).text.text: Field required") }
        guard !text.isEmpty else { throw .invalid("messages: text content blocks must be non-empty") }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw .invalid("messages: text content blocks must contain non-whitespace text")
        }
        if isUser, self.version == AnthropicValidator.newestVersion,
            block["citations"]?.arrayValue?.isEmpty == false
        {
            throw .invalid("\(path).text.citations: citations are not permitted in user messages")
        }
    }

    private func checkToolUse(_ block: JSONObject, _ path: String) throws(AnthropicError) {
        guard let id = block["id"]?.stringValue else { throw .invalid("\(path).tool_use.id: Field required") }
        guard AnthropicTools.isIdentifier(id) else {
            throw .invalid("\(path).tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
        }
        guard let name = block["name"]?.stringValue, AnthropicTools.isToolName(name) else {
            throw .invalid("\(path).tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
        }
        guard block["input"]?.objectValue != nil else {
            throw .invalid("\(path).tool_use.input: Input should be a valid dictionary")
        }
    }

    private func checkToolResult(_ block: JSONObject, _ path: String) throws(AnthropicError) {
        guard block["tool_use_id"]?.stringValue != nil else {
            throw .invalid("\(path).tool_result.tool_use_id: Field required")
        }
        if let isError = block["is_error"], isError.boolValue == nil {
            throw .invalid("\(path).tool_result.is_error: Input should be a valid boolean")
        }
        guard let content = block["content"], content != .null, content.stringValue == nil else { return }
        guard let blocks = content.arrayValue else {
            throw .invalid("\(path).tool_result.content: Input should be a valid string or list")
        }
        for part in blocks where part["type"]?.stringValue == "text" && part["text"]?.stringValue?.isEmpty != false {
            throw .invalid("messages: text content blocks must be non-empty")
        }
    }

    // MARK: - Order and pairing

    private func checkOrder(_ read: [Message]) throws(AnthropicError) {
        for (position, message) in read.enumerated() where message.role == "system" {
            if position == 0 { throw .invalid("messages.0: use the top-level 'system' parameter") }
            guard self.model.takesSystemMessages else { throw .invalid("role 'system' is not supported on this model") }
            let next = position + 1 < read.count ? read[position + 1].role : "assistant"
            guard read[position - 1].role == "user", next == "assistant" else {
                throw .invalid(
                    "messages.\(position): a system message must follow a user turn and precede an assistant turn"
                )
            }
            guard message.blocks.allSatisfy({ $0["type"]?.stringValue == "text" }) else {
                throw .invalid("messages.\(position): system messages may hold text only")
            }
        }
        guard read.first?.role == "user" else {
            throw .invalid("messages: first message must use the \"user\" role")
        }
    }

    private func joined(_ read: [Message]) -> [Message] {
        var turns: [Message] = []
        for message in read {
            if let last = turns.last, last.role == message.role {
                turns[turns.count - 1] = Message(
                    index: last.index,
                    role: last.role,
                    blocks: last.blocks + message.blocks
                )
            } else {
                turns.append(message)
            }
        }
        return turns
    }

    /// Every result answers a call of the turn before, each once.
    private func checkTools(_ turn: Message, before: Message?) throws(AnthropicError) {
        let calls = self.ids("tool_use", "id", in: before)
        var seen: Set<String> = []
        for (position, block) in turn.blocks.enumerated() where block["type"]?.stringValue == "tool_result" {
            let id = block["tool_use_id"]?.stringValue ?? ""
            guard calls.contains(id) else {
                throw .invalid(
                    "messages.\(turn.index).content.\(position): unexpected `tool_use_id` found in `tool_result` blocks: "
                        + "\(id). Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
                )
            }
            guard seen.insert(id).inserted else {
                throw .invalid(
                    "messages.\(turn.index).content: each tool_use must have a single result. Found multiple `tool_result` blocks with id: \(id)"
                )
            }
        }
        let own = self.ids("tool_use", "id", in: turn)
        guard Set(own).count == own.count else { throw .invalid("messages: `tool_use` ids must be unique") }
    }

    /// Every call of a turn is answered in the turn after it, before anything else there.
    private func checkAnswered(_ turn: Message, by next: Message?) throws(AnthropicError) {
        let calls = self.ids("tool_use", "id", in: turn)
        guard !calls.isEmpty else { return }
        let leading = next?.blocks.prefix { $0["type"]?.stringValue == "tool_result" } ?? []
        let answered = Set(leading.compactMap { $0["tool_use_id"]?.stringValue })
        let missing = calls.filter { !answered.contains($0) }
        guard missing.isEmpty else {
            throw .invalid(
                "messages.\(turn.index): `tool_use` ids were found without `tool_result` blocks immediately after: "
                    + missing.joined(separator: ", ")
                    + ". Each `tool_use` block must have a corresponding `tool_result` block in the next message."
            )
        }
        let all = next?.blocks.filter { $0["type"]?.stringValue == "tool_result" }.count ?? 0
        guard all == leading.count else {
            throw .invalid("messages.\(turn.index + 1): `tool_result` blocks must come first in the content")
        }
    }

    private func ids(_ type: String, _ field: String, in message: Message?) -> [String] {
        (message?.blocks ?? []).filter { $0["type"]?.stringValue == type }.compactMap { $0[field]?.stringValue }
    }

    // MARK: - For the brain

    private func chatTurns(_ turns: [Message]) -> [ChatTurn] {
        var calls: [String: ChatToolCall] = [:]
        return turns.map { message in
            var turn = ChatTurn(isUser: message.role == "user")
            for block in message.blocks {
                switch block["type"]?.stringValue {
                case "text": turn.append(block["text"]?.stringValue ?? "")
                case "tool_use":
                    let id = block["id"]?.stringValue ?? ""
                    let call = ChatToolCall(
                        id: id,
                        name: block["name"]?.stringValue ?? "",
                        input: block["input"] ?? [:]
                    )
                    calls[id] = call
                    turn.toolCalls.append(call)
                case "tool_result":
                    guard let call = calls[block["tool_use_id"]?.stringValue ?? ""] else { continue }
                    let isError = block["is_error"]?.boolValue ?? false
                    turn.toolResults.append(
                        ChatToolResult(call: call, content: self.text(block["content"]), isError: isError)
                    )
                default: break
                }
            }
            return turn
        }
    }

    private func text(_ content: JSONValue?) -> String {
        if let text = content?.stringValue { return text }
        return (content?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined(separator: "\n")
    }
}
