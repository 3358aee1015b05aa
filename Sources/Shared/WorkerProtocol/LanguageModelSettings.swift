package import JSONText

/// Which model answers one call, what it is told, and which tools it has.
package struct LanguageModelSettings: Sendable, Equatable {
    /// `anthropic`, or `openai` for any server that speaks OpenAI's chat completions.
    package var provider = "anthropic"

    /// The provider's model.
    package var model = "claude-haiku-5-5"

    /// The system prompt; the same for every call of an agent, so that the provider can cache it.
    package var system = ""

    /// Length limit of one reply, tokens.
    package var maximumTokens = 400

    /// `disabled`, `between_tools` or `adaptive`; nil: the lowest the model allows.
    package var thinking: String?

    /// `low`, `medium` or `high`; nil: the provider's default.
    package var effort: String?

    /// An IANA zone, for the `current_time` tool.
    package var timeZone = "UTC"

    /// The tools the model may ask for.
    package var tools: [ToolDefinition] = []

    /// Where the provider is, when configured; the worker's own environment goes before it.
    package var baseURL: String?

    /// The defaults of a telephone call.
    package init() {}

    init(json: JSONValue) throws(ControlMessageError) {
        self.init()
        if let value = json["provider"]?.stringValue { provider = value }
        if let value = json["model"]?.stringValue { model = value }
        if let value = json["system"]?.stringValue { system = value }
        if let value = json["max_tokens"]?.intValue { maximumTokens = value }
        thinking = json["thinking"]?.stringValue
        effort = json["effort"]?.stringValue
        if let value = json["time_zone"]?.stringValue { timeZone = value }
        for tool in json["tools"]?.arrayValue ?? [] { tools.append(try ToolDefinition(json: tool)) }
        baseURL = json["base_url"]?.stringValue
    }

    var json: JSONValue {
        var object: JSONObject = [
            "provider": .string(provider), "model": .string(model), "system": .string(system),
            "max_tokens": .integer(Int64(maximumTokens)), "time_zone": .string(timeZone),
            "tools": .array(tools.map(\.json)),
        ]
        object.set("thinking", thinking)
        object.set("effort", effort)
        object.set("base_url", baseURL)
        return .object(object)
    }
}

/// A tool the model may ask for.
package struct ToolDefinition: Sendable, Equatable {
    /// Who does the work.
    package enum Implementation: Sendable, Equatable {
        /// The gateway's conversation itself (`end_call`, `transfer_call`).
        case conversation

        /// The worker's clock (`current_time`).
        case currentTime

        /// An HTTP endpoint.
        case http(HTTPTool)
    }

    /// 1 to 64 letters, digits, `_` or `-`.
    package var name: String

    /// What the model reads to choose it.
    package var description: String

    /// A JSON Schema whose root type is `object`.
    package var inputSchema: JSONValue

    /// Who does the work.
    package var implementation: Implementation

    /// Makes a definition.
    package init(name: String, description: String, inputSchema: JSONValue, implementation: Implementation) {
        self.name = name
        self.description = description
        self.inputSchema = inputSchema
        self.implementation = implementation
    }

    init(json: JSONValue) throws(ControlMessageError) {
        guard let name = json["name"]?.stringValue else { throw .badMember(type: "tool", member: "name") }
        guard let schema = json["input_schema"] else { throw .badMember(type: "tool", member: "input_schema") }
        self.name = name
        description = json["description"]?.stringValue ?? ""
        inputSchema = schema
        switch json["implementation"]?.stringValue {
        case "conversation": implementation = .conversation
        case "current_time": implementation = .currentTime
        case "http": implementation = .http(try HTTPTool(json: json["http"] ?? .null))
        default: throw .badMember(type: "tool", member: "implementation")
        }
    }

    var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "description": .string(description), "input_schema": inputSchema,
        ]
        switch implementation {
        case .conversation: object["implementation"] = "conversation"
        case .currentTime: object["implementation"] = "current_time"
        case .http(let tool):
            object["implementation"] = "http"
            object["http"] = tool.json
        }
        return .object(object)
    }
}

/// A tool that is one HTTP request.
package struct HTTPTool: Sendable, Equatable {
    /// Absolute; plain `http` only to loopback.
    package var url: String

    /// An upper-case method.
    package var method: String

    /// Header values may hold `${NAME}`, resolved in the worker from its credentials, never on the link.
    package var headers: [String: String]

    /// Deadline of the whole request, milliseconds.
    package var timeoutMilliseconds: Int

    /// Whether it changes something: then it runs once and carries an `Idempotency-Key` header.
    package var hasEffect: Bool

    /// Makes an HTTP tool.
    package init(url: String, method: String, headers: [String: String], timeoutMilliseconds: Int, hasEffect: Bool) {
        self.url = url
        self.method = method
        self.headers = headers
        self.timeoutMilliseconds = timeoutMilliseconds
        self.hasEffect = hasEffect
    }

    init(json: JSONValue) throws(ControlMessageError) {
        guard let url = json["url"]?.stringValue else { throw .badMember(type: "tool", member: "http.url") }
        self.url = url
        method = json["method"]?.stringValue ?? "POST"
        headers = [:]
        if let members = json["headers"]?.objectValue {
            for name in members.keys { headers[name] = members[name]?.stringValue }
        }
        timeoutMilliseconds = json["timeout_ms"]?.intValue ?? 5000
        hasEffect = json["effect"]?.boolValue ?? false
    }

    var json: JSONValue {
        var members = JSONObject()
        for name in headers.keys.sorted() { members.set(name, headers[name]) }
        return [
            "url": .string(url), "method": .string(method), "headers": .object(members),
            "timeout_ms": .integer(Int64(timeoutMilliseconds)), "effect": .bool(hasEffect),
        ]
    }
}
