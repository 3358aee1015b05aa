import JSONText
import NIOHTTP1
import Observability
import Testing
import WorkerProtocol

@testable import LLMWorkerCore

@Suite("OpenAI request")
struct OpenAIRequestTests {
    private static let openAI = "https://api.openai.com/v1"
    private static let local = "http://127.0.0.1:11434/v1/"

    private static func settings(model: String, tools: Bool = true, effort: String? = nil) -> LanguageModelSettings {
        var settings = LanguageModelSettings()
        settings.provider = "openai"
        settings.model = model
        settings.system = "Be brief."
        settings.effort = effort
        if tools {
            settings.tools = [
                ToolDefinition(
                    name: "find_slot",
                    description: "Free times.",
                    inputSchema: ["type": "object"],
                    implementation: .currentTime
                )
            ]
        }
        return settings
    }

    private static let history = WellFormedHistory([
        LanguageModelMessage(role: .user, content: [.text("Tuesday?")]),
        LanguageModelMessage(
            role: .assistant,
            content: [
                .text("One moment."), .toolUse(id: "a", name: "find_slot", input: ["day": "Tue"]),
                .toolUse(id: "b", name: "find_slot", input: [:]),
            ]
        ),
        LanguageModelMessage(
            role: .user,
            content: [
                .toolResult(id: "a", content: "10:30", isError: false),
                .toolResult(id: "b", content: "bad day", isError: true), .text("or Wednesday"),
            ]
        ),
    ])

    private func body(_ url: String, _ settings: LanguageModelSettings) throws -> JSONValue {
        let provider = OpenAIProvider(baseURL: try ServiceURL(url))
        return try #require(provider.request(settings: settings, history: Self.history).body)
    }

    private static let messages =
        #"{"role":"user","content":"Tuesday?"},{"role":"assistant","content":"One moment.","tool_calls":[{"id":"a","#
        + #""type":"function","function":{"name":"find_slot","arguments":"{\"day\":\"Tue\"}"}},{"id":"b","#
        + #""type":"function","function":{"name":"find_slot","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","#
        + #""content":"10:30"},{"role":"tool","tool_call_id":"b","content":"ERROR: bad day"},"#
        + #"{"role":"user","content":"or Wednesday"}],"stream":true,"stream_options":{"include_usage":true},"#

    private static let tools =
        #""tools":[{"type":"function","function":{"name":"find_slot","description":"Free times.","parameters":{"type":"object"}}}]"#

    @Test("OpenAI is asked in OpenAI's way")
    func openAIBody() throws {
        let body = try body(Self.openAI, Self.settings(model: "gpt-6-luna"))
        let expected =
            #"{"model":"gpt-6-luna","messages":[{"role":"developer","content":"Be brief."},"# + Self.messages
            + #""max_completion_tokens":400,"# + Self.tools + #","reasoning_effort":"none"}"#
        #expect(body.serialized() == expected)
    }

    @Test("other servers are asked in the way all of them understand")
    func compatibleBody() throws {
        let body = try body(Self.local, Self.settings(model: "gpt-6-luna", effort: "low"))
        let expected =
            #"{"model":"gpt-6-luna","messages":[{"role":"system","content":"Be brief."},"# + Self.messages
            + #""max_tokens":400,"# + Self.tools + "}"
        #expect(body.serialized() == expected)
    }

    @Test(
        "the reasoning effort is what the model accepts",
        arguments: [
            ("gpt-6-luna", true, nil, "none"), ("gpt-6-sol", true, "low", "none"), ("gpt-5.6-terra", true, nil, "none"),
            ("gpt-5.5", true, nil, "none"), ("gpt-5.4-mini", true, "low", nil), ("gpt-5-mini", true, nil, nil),
            ("gpt-6.1-sol", true, nil, nil), ("gpt-4.1", true, nil, nil), ("gpt-oss-120b", true, nil, nil),
            ("gpt-6-luna", false, nil, "none"), ("gpt-6-luna", false, "low", "low"),
            ("gpt-5-nano", false, nil, "minimal"),
            ("gpt-5.4-mini", false, nil, "none"), ("gpt-6.1-sol", false, nil, "low"), ("gpt-4.1", false, "low", nil),
        ] as [(String, Bool, String?, String?)]
    )
    func reasoningEffort(model: String, tools: Bool, asked: String?, expected: String?) throws {
        let body = try body(Self.openAI, Self.settings(model: model, tools: tools, effort: asked))
        #expect(body["reasoning_effort"]?.stringValue == expected)
        #expect((body["tools"] != nil) == tools)
    }

    @Test("it is known of OpenAI's models whether they think in silence, of others it is not")
    func mayThink() throws {
        let openAI = OpenAIProvider(baseURL: try ServiceURL(Self.openAI))
        #expect(!openAI.mayThink(Self.settings(model: "gpt-6-luna")))
        #expect(openAI.mayThink(Self.settings(model: "gpt-6-luna", tools: false, effort: "low")))
        #expect(!openAI.mayThink(Self.settings(model: "gpt-4.1")))
        #expect(OpenAIProvider(baseURL: try ServiceURL(Self.local)).mayThink(Self.settings(model: "llama3")))
    }

    @Test("the request goes to the chat endpoint without a credential")
    func head() throws {
        let provider = OpenAIProvider(baseURL: try ServiceURL(Self.local))
        let request = provider.request(settings: Self.settings(model: "m"), history: Self.history)
        #expect(request.url == "http://127.0.0.1:11434/v1/chat/completions")
        #expect(request.headers["authorization"].isEmpty)
        #expect(provider.authorization(Secret("k")) == ("authorization", "Bearer k"))
        #expect(provider.warmingRequest().url == "http://127.0.0.1:11434/v1/models")
    }
}
