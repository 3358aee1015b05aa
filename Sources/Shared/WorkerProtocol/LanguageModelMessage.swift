package import JSONText

/// One message of a conversation's history, in no provider's dialect.
package struct LanguageModelMessage: Sendable, Equatable {
    /// Who said it.
    package enum Role: String, Sendable, Equatable {
        /// The caller, and the results of tools.
        case user

        /// The agent.
        case assistant
    }

    /// One block of a message.
    package enum Content: Sendable, Equatable {
        /// Text; never empty.
        case text(String)

        /// The model asked for a tool.
        case toolUse(id: String, name: String, input: JSONValue)

        /// What the tool answered.
        case toolResult(id: String, content: String, isError: Bool)
    }

    /// Who said it.
    package var role: Role

    /// Its blocks, in order.
    package var content: [Content]

    /// Makes a message.
    package init(role: Role, content: [Content]) {
        self.role = role
        self.content = content
    }

    init(json: JSONValue) throws(ControlMessageError) {
        guard let name = json["role"]?.stringValue, let role = Role(rawValue: name) else {
            throw .badMember(type: "message", member: "role")
        }
        guard let blocks = json["content"]?.arrayValue else { throw .badMember(type: "message", member: "content") }
        self.role = role
        content = []
        for block in blocks {
            let reader = try ControlReader(block)
            switch reader.type {
            case "text": content.append(.text(try reader.string("text")))
            case "tool_use":
                content.append(
                    .toolUse(
                        id: try reader.string("id"),
                        name: try reader.string("name"),
                        input: try reader.value("input")
                    )
                )
            case "tool_result":
                content.append(
                    .toolResult(
                        id: try reader.string("tool_use_id"),
                        content: try reader.string("content"),
                        isError: reader.optionalBool("is_error") ?? false
                    )
                )
            default: throw .unknownType(reader.type)
            }
        }
    }

    var json: JSONValue {
        let blocks = content.map { block -> JSONValue in
            switch block {
            case .text(let text): ["type": "text", "text": .string(text)]
            case .toolUse(let id, let name, let input):
                ["type": "tool_use", "id": .string(id), "name": .string(name), "input": input]
            case .toolResult(let id, let content, let isError):
                [
                    "type": "tool_result", "tool_use_id": .string(id), "content": .string(content),
                    "is_error": .bool(isError),
                ]
            }
        }
        return ["role": .string(role.rawValue), "content": .array(blocks)]
    }
}
