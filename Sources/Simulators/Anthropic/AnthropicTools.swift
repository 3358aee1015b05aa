import JSONText

/// Checks a request's tools and tool choice (Anthropic, tool use).
enum AnthropicTools {
    /// A checked tool choice.
    struct Choice: Equatable {
        var type = "auto"
        var name: String?
        var allowsParallel = true
    }

    private static let knownFields: Set<String> = [
        "name", "description", "input_schema", "type", "strict", "eager_input_streaming", "cache_control",
        "input_examples", "defer_loading", "allowed_callers",
    ]

    /// Checks the list of tools.
    static func check(_ field: JSONValue?) throws(AnthropicError) -> [ChatTool] {
        guard let field, field != .null else { return [] }
        guard let list = field.arrayValue else { throw .invalid("tools: Input should be a valid list") }
        var tools: [ChatTool] = []
        for (index, tool) in list.enumerated() {
            let path = "tools.\(index).custom"
            guard let object = tool.objectValue else {
                throw .invalid("tools.\(index): Input should be a valid dictionary")
            }
            if let extra = object.keys.first(where: { !self.knownFields.contains($0) }) {
                throw .invalid("\(path).\(extra): Extra inputs are not permitted")
            }
            guard let name = object["name"]?.stringValue else { throw .invalid("\(path).name: Field required") }
            guard self.isToolName(name) else {
                throw .invalid("\(path).name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
            }
            guard let schema = object["input_schema"] else { throw .invalid("\(path).input_schema: Field required") }
            guard schema["type"]?.stringValue == "object" else {
                throw .invalid("\(path).input_schema.type: Input should be 'object'")
            }
            if object["strict"] == true, schema["additionalProperties"] != false {
                throw .invalid("\(path).input_schema: strict tools need additionalProperties: false")
            }
            guard !tools.contains(where: { $0.name == name }) else {
                throw .invalid("tools: Tool names must be unique.")
            }
            tools.append(ChatTool(name: name, schema: schema))
        }
        return tools
    }

    /// Checks the tool choice against the model and the tools.
    static func checkChoice(
        _ field: JSONValue?,
        model: AnthropicModel,
        tools: [ChatTool]
    ) throws(AnthropicError) -> Choice {
        guard let field, field != .null else { return Choice() }
        guard let type = field["type"]?.stringValue, ["auto", "any", "none", "tool"].contains(type) else {
            throw .invalid("tool_choice: Input tag should be 'auto', 'any', 'none' or 'tool'")
        }
        guard !tools.isEmpty else { throw .invalid("tool_choice may only be specified while providing tools.") }
        let isForced = type == "any" || type == "tool"
        guard !isForced || model.forcesTools else {
            throw .invalid("tool_choice: type \"tool\" and \"any\" are not supported for this model.")
        }
        var choice = Choice(type: type)
        if type == "tool" {
            guard let name = field["name"]?.stringValue else { throw .invalid("tool_choice.tool.name: Field required") }
            guard tools.contains(where: { $0.name == name }) else {
                throw .invalid("Tool '\(name)' not found in provided tools")
            }
            choice.name = name
        }
        if let disabled = field["disable_parallel_tool_use"] {
            guard type != "none", let value = disabled.boolValue else {
                throw .invalid("tool_choice.\(type).disable_parallel_tool_use: Extra inputs are not permitted")
            }
            choice.allowsParallel = !value
        }
        return choice
    }

    /// Whether `name` is `^[a-zA-Z0-9_-]{1,128}$`.
    static func isToolName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && self.isIdentifier(name)
    }

    /// Whether `text` is `^[a-zA-Z0-9_-]+$`.
    static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
