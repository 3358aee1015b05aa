import LLMWorkerCore
import Observability
import Testing
import WorkerProtocol

@Suite("Provider choice")
struct ProviderChoiceTests {
    private func choose(
        _ provider: String,
        baseURL: String? = nil,
        environment: Environment = ["ANTHROPIC_API_KEY": "key-a", "OPENAI_API_KEY": "key-o"]
    ) throws(WorkerFailure) -> ProviderChoice {
        var settings = LanguageModelSettings()
        settings.provider = provider
        settings.baseURL = baseURL
        return try ProviderChoice(settings: settings, options: LanguageModelOptions(environment: environment))
    }

    @Test("the key belongs to the provider, the URL is the default")
    func defaults() throws {
        #expect(try choose("anthropic").key.reveal() == "key-a")
        #expect(try choose("anthropic").provider.baseURL.text == "https://api.anthropic.com")
        #expect(try choose("openai").key.reveal() == "key-o")
        #expect(try choose("openai").provider.baseURL.text == "https://api.openai.com/v1")
    }

    @Test("the worker's URL goes before the session's")
    func precedence() throws {
        #expect(try choose("anthropic", baseURL: "https://proxy.example").provider.baseURL.host == "proxy.example")
        let environment: Environment = ["ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://localhost:1"]
        let choice = try choose("anthropic", baseURL: "https://proxy.example", environment: environment)
        #expect(choice.provider.baseURL.host == "localhost")
    }

    @Test(
        "what cannot work is refused for good, in words that help",
        arguments: [
            ("anthropic", nil, [:], "no key for anthropic: set ANTHROPIC_API_KEY or the credential anthropic_api_key"),
            (
                "openai", nil, ["ANTHROPIC_API_KEY": "k"],
                "no key for openai: set OPENAI_API_KEY or the credential openai_api_key"
            ),
            ("parrot", nil, [:], "unknown language-model provider \"parrot\"; known: anthropic, openai"),
            (
                "openai", "http://example.com", ["OPENAI_API_KEY": "k"],
                "the base URL of openai: plain http is only allowed to this machine (localhost, 127.0.0.1, [::1])"
            ),
        ] as [(String, String?, [String: String], String)]
    )
    func refusals(provider: String, baseURL: String?, environment: [String: String], detail: String) {
        let failure = #expect(throws: WorkerFailure.self) {
            try choose(provider, baseURL: baseURL, environment: Environment(environment))
        }
        #expect(failure?.kind == .rejected)
        #expect(failure?.isPermanent == true)
        #expect(failure?.detail == detail)
    }
}
