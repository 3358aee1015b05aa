import JSONText
import Testing

@testable import Simulators

@Suite struct AnthropicValidatorTests {
    private static let tool: JSONValue = [
        "name": "find_slot", "description": "Free times.",
        "input_schema": ["type": "object", "properties": ["day": ["type": "string"]], "required": ["day"]],
    ]

    /// A request that is taken, with some of its fields changed; null takes a field out.
    private static func body(_ changes: JSONObject = [:]) -> JSONValue {
        var body: JSONObject = [
            "model": "claude-haiku-5-5", "max_tokens": 400, "stream": true, "thinking": ["type": "disabled"],
            "output_config": ["effort": "low"], "system": "You answer the phone.", "tools": [tool],
            "messages": [["role": "user", "content": "Hi, can I come in on Tuesday?"]],
            "metadata": ["user_id": "call-7f3a"],
        ]
        for (name, value) in changes { body[name] = value == .null ? JSONValue?.none : value }
        return .object(body)
    }

    private func error(_ body: JSONValue, version: String = "2026-10-21") -> AnthropicError? {
        do throws(AnthropicError) {
            _ = try AnthropicValidator(version: version, body: body).validate()
            return nil
        } catch {
            return error
        }
    }

    private static func call(_ id: String = "toolu_1") -> JSONValue {
        ["type": "tool_use", "id": .string(id), "name": "find_slot", "input": ["day": "Tuesday"]]
    }

    private static func result(_ id: String = "toolu_1", _ content: JSONValue = "{}") -> JSONValue {
        ["type": "tool_result", "tool_use_id": .string(id), "content": content]
    }

    private static func messages(_ messages: (String, JSONValue)...) -> JSONObject {
        ["messages": .array(messages.map { ["role": .string($0.0), "content": $0.1] })]
    }

    @Test func `a request as it should be is taken whole`() throws {
        let request = try AnthropicValidator(version: "2026-10-21", body: Self.body()).validate()
        #expect(request.model.id == "claude-haiku-5-5")
        #expect(request.maximumTokens == 400)
        #expect(request.isStreaming)
        #expect(request.thinking == .disabled)
        #expect(request.chat.userText == "Hi, can I come in on Tuesday?")
        #expect(request.chat.tools.map(\.name) == ["find_slot"])
        #expect(request.chat.system == "You answer the phone.")
    }

    private static let taken: [JSONObject] = [
        ["max_tokens": 0, "stream": .null], ["thinking": .null],
        ["thinking": ["type": "adaptive", "display": "omitted"]],
        ["tool_choice": ["type": "auto", "disable_parallel_tool_use": true]],
        ["tool_choice": ["type": "tool", "name": "find_slot"]], ["stop_sequences": ["END"]],
        ["system": [["type": "text", "text": "Hi", "cache_control": ["type": "ephemeral", "ttl": "1h"]]]],
        ["cache_control": ["type": "ephemeral"]], ["service_tier": "standard_only"],
        messages(("user", "Hi"), ("user", "Are you there?")),
        messages(("user", "Hi"), ("assistant", "Hello"), ("user", [["type": "text", "text": "Tuesday"]])),
        messages(("user", "Hi"), ("assistant", [call()]), ("user", [result(), ["type": "text", "text": "Well?"]])),
        messages(
            ("user", "Hi"),
            ("assistant", [["type": "text", "text": "Wait."], call("a"), call("b")]),
            ("user", [result("b"), result("a")])
        ),
        messages(
            ("user", "Hi"),
            ("assistant", [call()]),
            ("user", [["type": "tool_result", "tool_use_id": "toolu_1", "is_error": true]])
        ),
    ]

    @Test(arguments: taken.indices)
    func `what the service takes is taken`(index: Int) {
        #expect(self.error(Self.body(Self.taken[index])) == nil)
    }

    private static let refused: [(JSONObject, String)] = [
        (["model": .null], "model: Field required"), (["max_tokens": .null], "max_tokens: Field required"),
        (["max_tokens": "400"], "max_tokens: Input should be a valid integer"),
        (["max_tokens": -1], "max_tokens: Input should be greater than or equal to 0"),
        (["messages": .null], "messages: Field required"),
        (["messages": []], "messages: at least one message is required"),
        (["temperature": 1], "temperature: Extra inputs are not permitted"),
        (["top_p": 0.5], "top_p: Extra inputs are not permitted"),
        (["top_k": 5], "top_k: Extra inputs are not permitted"),
        (["prompt": "Hi"], "prompt: Extra inputs are not permitted"),
        (["metadata": ["phone": "+44"]], "metadata.phone: Extra inputs are not permitted"),
        (
            ["output_config": ["effort": "max"]],
            "output_config.effort: 'max' is not supported for this model when thinking is disabled"
        ),
        (["thinking": ["type": "between_tools"]], "thinking: type 'between_tools' is not supported for this model"),
        (
            ["thinking": ["type": "disabled", "display": "omitted"]],
            "thinking.disabled.display: Extra inputs are not permitted"
        ),
        (
            ["tools": .null, "tool_choice": ["type": "auto"]],
            "tool_choice may only be specified while providing tools."
        ),
        (["tool_choice": ["type": "tool", "name": "nothing"]], "Tool 'nothing' not found in provided tools"),
        (["tools": [tool, tool]], "tools: Tool names must be unique."),
        (
            ["tools": [["name": "find slot", "input_schema": ["type": "object"]]]],
            "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"
        ),
        (["tools": [["name": "a"]]], "tools.0.custom.input_schema: Field required"),
        (
            ["tools": [["name": "a", "input_schema": ["type": "array"]]]],
            "tools.0.custom.input_schema.type: Input should be 'object'"
        ),
        (["system": [["type": "text", "text": ""]]], "system: text content blocks must be non-empty"),
        (messages(("assistant", "Hello"), ("user", "Hi")), "messages: first message must use the \"user\" role"),
        (
            messages(("user", "Hi"), ("assistant", "Hello")),
            "This model does not support assistant message prefill. The conversation must end with a user message."
        ),
        (messages(("user", "")), "messages: text content blocks must be non-empty"),
        (messages(("user", " \n")), "messages: text content blocks must contain non-whitespace text"),
        (messages(("user", [])), "messages.0: user messages must have non-empty content"),
        (messages(("user", "Hi"), ("system", "Hurry"), ("user", "?")), "role 'system' is not supported on this model"),
        (messages(("system", "Hurry"), ("user", "Hi")), "messages.0: use the top-level 'system' parameter"),
        (
            messages(("robot", "Hi")),
            "messages: Unexpected role \"robot\". Allowed roles are \"user\" or \"assistant\"."
        ),
        (
            messages(("user", [["type": "text", "text": "Hi", "mood": "good"]])),
            "messages.0.content.0.text.mood: Extra inputs are not permitted"
        ),
        (
            messages(("user", "Hi"), ("assistant", [call()]), ("user", "Well?")),
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. "
                + "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
        ),
        (
            messages(("user", "Hi"), ("assistant", [call("a"), call("b")]), ("user", [result("a")])),
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b. "
                + "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
        ),
        (
            messages(("user", "Hi"), ("assistant", [call()]), ("user", [["type": "text", "text": "So?"], result()])),
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. "
                + "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
        ),
        (
            messages(("user", "Hi"), ("assistant", "Hello"), ("user", [result()])),
            "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1. "
                + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
        ),
        (
            messages(("user", "Hi"), ("assistant", [call()]), ("user", [result(), result()])),
            "messages.2.content: each tool_use must have a single result. "
                + "Found multiple `tool_result` blocks with id: toolu_1"
        ),
        (
            messages(("user", "Hi"), ("assistant", [call("a"), call("a")]), ("user", [result("a")])),
            "messages: `tool_use` ids must be unique"
        ),
        (
            messages(("user", "Hi"), ("assistant", [call("bad id")]), ("user", [result("bad id")])),
            "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
        ),
        (
            [
                "system": .array(
                    (0..<5).map { ["type": "text", "text": .string("\($0)"), "cache_control": ["type": "ephemeral"]] }
                )
            ],
            "A maximum of 4 blocks with cache_control may be provided. Found 5."
        ),
        (
            [
                "system": [
                    ["type": "text", "text": "a", "cache_control": ["type": "ephemeral"]],
                    ["type": "text", "text": "b", "cache_control": ["type": "ephemeral", "ttl": "1h"]],
                ]
            ],
            "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
        ),
    ]

    @Test(arguments: refused.indices)
    func `what the service refuses is refused in its words`(index: Int) {
        let (changes, message) = Self.refused[index]
        let error = self.error(Self.body(changes))
        #expect(error == AnthropicError(status: 400, type: "invalid_request_error", message: message))
    }

    @Test func `a model that does not exist is not found`() {
        let error = self.error(Self.body(["model": "claude-next"]))
        #expect(error?.status == 404)
        #expect(error?.type == "not_found_error")
    }

    @Test func `under the older version sampling is up to the model`() {
        #expect(self.error(Self.body(["temperature": 1]), version: "2023-06-01") == nil)
        #expect(self.error(Self.body(["temperature": 0.5]), version: "2023-06-01") != nil)
        let old: JSONObject = [
            "temperature": 0.5, "model": "claude-haiku-4-5", "thinking": .null, "output_config": .null,
        ]
        #expect(self.error(Self.body(old), version: "2023-06-01") == nil)
    }

    @Test func `each model has its own rules`() {
        let sonnet: JSONObject = ["model": "claude-sonnet-5-5", "thinking": .null]
        #expect(self.error(Self.body(sonnet)) == nil)
        #expect(
            self.error(Self.body(["model": "claude-sonnet-5-5"]))?.message
                == "thinking: type 'disabled' is not supported for this model"
        )
        var forced = sonnet
        forced["tool_choice"] = ["type": "any"]
        #expect(
            self.error(Self.body(forced))?.message
                == "tool_choice: type \"tool\" and \"any\" are not supported for this model."
        )
        var prefilled = Self.messages(("user", "Hi"), ("assistant", "Hel"))
        prefilled["model"] = "claude-haiku-4-5"
        prefilled["thinking"] = .null
        prefilled["output_config"] = .null
        for (name, value) in prefilled where value == .null { prefilled[name] = .null }
        #expect(self.error(Self.body(prefilled)) == nil)
    }
}
