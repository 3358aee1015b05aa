import JSONText
import Testing

@testable import Simulators

@Suite struct OpenAIValidatorTests {
    private static let tool: JSONValue = [
        "type": "function",
        "function": [
            "name": "find_slot", "parameters": ["type": "object", "properties": ["day": ["type": "string"]]],
        ],
    ]

    private static func body(_ changes: JSONObject = [:]) -> JSONValue {
        var body: JSONObject = [
            "model": "gpt-6-luna", "stream": true, "stream_options": ["include_usage": true],
            "max_completion_tokens": 400, "reasoning_effort": "none", "tools": [tool],
            "messages": [["role": "developer", "content": "Be brief."], ["role": "user", "content": "Hi"]],
        ]
        for (name, value) in changes { body[name] = value == .null ? JSONValue?.none : value }
        return .object(body)
    }

    private func error(_ body: JSONValue, _ profile: OpenAIProfile = .openai, hasTools: Bool = true) -> OpenAIError? {
        var settings = OpenAISettings()
        settings.profile = profile
        settings.hasTools = hasTools
        do throws(OpenAIError) {
            _ = try OpenAIValidator(settings: settings, body: body).validate()
            return nil
        } catch {
            return error
        }
    }

    private static func messages(_ messages: JSONValue...) -> JSONObject { ["messages": .array(messages)] }
    private static let user: JSONValue = ["role": "user", "content": "Hi"]
    private static let call: JSONValue = [
        "role": "assistant", "content": .null,
        "tool_calls": [
            ["id": "c1", "type": "function", "function": ["name": "find_slot", "arguments": "{\"day\":\"Tuesday\"}"]]
        ],
    ]
    private static let result: JSONValue = ["role": "tool", "tool_call_id": "c1", "content": "{}"]

    @Test func `a request as it should be is taken whole`() throws {
        let request = try OpenAIValidator(settings: OpenAISettings(), body: Self.body()).validate()
        #expect(request.isStreaming && request.includesUsage && request.allowsParallelTools)
        #expect(request.maximumTokens == 400)
        #expect(request.chat.system == "Be brief.")
        #expect(request.chat.userText == "Hi")
        #expect(request.toolChoice == "auto")
    }

    private static let taken: [JSONObject] = [
        messages(user, user), messages(user, call, result), messages(user, call, result, user),
        messages(user, ["role": "assistant", "content": "Hello"]), ["tool_choice": "required"],
        ["tool_choice": ["type": "function", "function": ["name": "find_slot"]]],
        ["model": "gpt-4.1", "reasoning_effort": .null, "temperature": 0.5],
        ["model": "gpt-5.4-mini", "reasoning_effort": .null], ["temperature": 0.5],
    ]

    @Test(arguments: taken.indices)
    func `what the service takes is taken`(index: Int) {
        #expect(self.error(Self.body(Self.taken[index])) == nil)
    }

    private static let toolsNeedNone =
        "Function tools with reasoning_effort are not supported for gpt-6-luna in /v1/chat/completions. "
        + "To use function tools, use /v1/responses or set reasoning_effort to 'none'."

    private static let refused: [(JSONObject, String)] = [
        (["model": .null], "you must provide a model parameter"),
        (["reasoning_effort": .null], toolsNeedNone), (["reasoning_effort": "low"], toolsNeedNone),
        (
            ["model": "gpt-5.5", "reasoning_effort": "none"],
            toolsNeedNone.replacing("gpt-6-luna", with: "gpt-5.5")
        ),
        (
            ["tools": .null, "reasoning_effort": "low", "temperature": 0.5],
            "Unsupported parameter: 'temperature' is not supported with this model."
        ),
        (
            ["model": "gpt-6.1-sol", "tools": .null, "reasoning_effort": "none"],
            "Unsupported value: 'reasoning_effort' does not support 'none' with this model."
        ),
        (
            ["max_tokens": 400],
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        ),
        (["prompt": "Hi"], "Unrecognized request argument supplied: prompt"),
        (["stream": false], "The 'stream_options' parameter is only allowed when 'stream' is enabled."),
        (["messages": .null], "Missing required parameter: 'messages'."),
        (["tools": []], "Invalid 'tools': empty array."),
        (["tools": .null, "tool_choice": "auto"], "'tool_choice' is only allowed when 'tools' are specified."),
        (
            messages(user, call, user),
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
                + "The following tool_call_ids did not have response messages: c1"
        ),
        (
            messages(user, result),
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
        ),
        (messages(["role": "user"]), "Invalid value for 'content': expected a string, got null."),
        (messages(["role": "robot", "content": "Hi"]), "Invalid value: 'robot'."),
    ]

    @Test(arguments: refused.indices)
    func `what the service refuses is refused in its words`(index: Int) {
        let (changes, message) = Self.refused[index]
        let error = self.error(Self.body(changes))
        #expect(error?.status == 400)
        #expect(error?.message == message)
    }

    @Test func `a lax server takes what it does not know and leaves out the developer`() throws {
        var settings = OpenAISettings()
        settings.profile = .ollama
        let body = Self.body(["num_ctx": 4096, "max_tokens": 50, "reasoning_effort": "low"])
        let request = try OpenAIValidator(settings: settings, body: body).validate()
        #expect(request.chat.system.isEmpty)
        #expect(request.maximumTokens == 50)
    }

    @Test func `vLLM wants alternating roles and its tools switched on`() {
        let plain: JSONObject = ["tools": .null]
        #expect(self.error(Self.body(plain.merging(Self.messages(Self.user))), .vllm) == nil)
        #expect(
            self.error(Self.body(plain.merging(Self.messages(Self.user, Self.user))), .vllm)?.message
                == "Conversation roles must alternate user/assistant/user/assistant/..."
        )
        #expect(
            self.error(Self.body(Self.messages(Self.user)), .vllm, hasTools: false)?.message
                == "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"
        )
    }
}

extension JSONObject {
    /// Both objects' members; the other's win.
    fileprivate func merging(_ other: JSONObject) -> JSONObject {
        var merged = self
        for (name, value) in other { merged[name] = value }
        return merged
    }
}
