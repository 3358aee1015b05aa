import JSONText
import LLMWorkerCore
import NIOHTTP1
import Observability
import Testing
import WorkerProtocol

@Suite("Anthropic request")
struct AnthropicRequestTests {
    private let provider: AnthropicProvider

    init() throws {
        provider = AnthropicProvider(baseURL: try ServiceURL("https://api.anthropic.com/"))
    }

    private static var settings: LanguageModelSettings {
        var settings = LanguageModelSettings()
        settings.system = "You answer the phone for Oak Dental."
        settings.effort = "low"
        settings.tools = [
            ToolDefinition(
                name: "find_slot",
                description: "Free appointment times for one day.",
                inputSchema: ["type": "object", "properties": ["day": ["type": "string"]], "required": ["day"]],
                implementation: .currentTime
            ),
            ToolDefinition(
                name: "end_call",
                description: "",
                inputSchema: ["type": "object"],
                implementation: .conversation
            ),
        ]
        return settings
    }

    @Test("the body is exactly what the API takes")
    func goldenBody() throws {
        let history = WellFormedHistory([
            LanguageModelMessage(role: .user, content: [.text("Can I come on Tuesday?")]),
            LanguageModelMessage(
                role: .assistant,
                content: [
                    .text("One moment. "), .toolUse(id: "toolu_1", name: "find_slot", input: ["day": "Tue"]),
                    .toolUse(id: "toolu_2", name: "find_slot", input: [:]),
                ]
            ),
            LanguageModelMessage(
                role: .user,
                content: [
                    .text("or Wednesday"), .toolResult(id: "toolu_2", content: "bad day", isError: true),
                    .toolResult(id: "toolu_1", content: "10:30", isError: false),
                ]
            ),
        ])
        let body = try #require(provider.request(settings: Self.settings, history: history).body)
        let expected =
            #"{"model":"claude-haiku-5-5","max_tokens":400,"stream":true,"thinking":{"type":"disabled"},"#
            + #""output_config":{"effort":"low"},"system":[{"type":"text","text":"You answer the phone for Oak Dental.","#
            + #""cache_control":{"type":"ephemeral","ttl":"1h"}}],"tools":[{"name":"find_slot","#
            + #""description":"Free appointment times for one day.","input_schema":{"type":"object","#
            + #""properties":{"day":{"type":"string"}},"required":["day"]}},{"name":"end_call","#
            + #""input_schema":{"type":"object"}}],"messages":[{"role":"user","content":[{"type":"text","#
            + #""text":"Can I come on Tuesday?"}]},{"role":"assistant","content":[{"type":"text","text":"One moment."},"#
            + #"{"type":"tool_use","id":"toolu_1","name":"find_slot","input":{"day":"Tue"}},{"type":"tool_use","#
            + #""id":"toolu_2","name":"find_slot","input":{}}]},{"role":"user","content":[{"type":"tool_result","#
            + #""tool_use_id":"toolu_1","content":"10:30"},{"type":"tool_result","tool_use_id":"toolu_2","#
            + #""content":"bad day","is_error":true},{"type":"text","text":"or Wednesday","#
            + #""cache_control":{"type":"ephemeral"}}]}]}"#
        #expect(body.serialized() == expected)
    }

    @Test("what is empty is left out")
    func minimalBody() throws {
        var settings = LanguageModelSettings()
        settings.model = "claude-haiku-4-5"
        settings.system = " \n"
        settings.maximumTokens = 0
        let body = try #require(provider.request(settings: settings, history: WellFormedHistory([])).body)
        let expected =
            #"{"model":"claude-haiku-4-5","max_tokens":1,"stream":true,"messages":[{"role":"user","content":[{"type":"text","#
            + #""text":"[call connected]","cache_control":{"type":"ephemeral"}}]}]}"#
        #expect(body.serialized() == expected)
    }

    @Test("no sampling parameter is ever sent", arguments: ["temperature", "top_p", "top_k"])
    func sampling(name: String) {
        let body = provider.request(settings: Self.settings, history: WellFormedHistory([])).body
        #expect(body?[name] == nil)
    }

    @Test("the request goes to the messages endpoint with its version and without a credential")
    func head() {
        let request = provider.request(settings: Self.settings, history: WellFormedHistory([]))
        #expect(request.method == .POST)
        #expect(request.url == "https://api.anthropic.com/v1/messages")
        #expect(request.headers["anthropic-version"] == ["2023-06-01"])
        #expect(request.headers["content-type"] == ["application/json"])
        #expect(request.headers["x-api-key"].isEmpty && request.headers["authorization"].isEmpty)
        #expect(provider.authorization(Secret("k")) == ("x-api-key", "k"))
        #expect(provider.warmingRequest().url == "https://api.anthropic.com/v1/models?limit=1")
        #expect(provider.warmingRequest().headers["anthropic-version"] == ["2023-06-01"])
    }
}
