import JSONText
import NIOHTTP1
package import Observability
package import WorkerProtocol

/// OpenAI's chat completions, and every server that speaks them (Groq, Together, Ollama, llama.cpp, vLLM, …).
package struct OpenAIProvider: LanguageModelProvider {
    /// The name in settings, failures and metrics.
    package static let name = "openai"

    /// Where the API is unless told otherwise.
    package static let defaultBaseURL = "https://api.openai.com/v1"

    /// Where the API is.
    package let baseURL: ServiceURL

    /// The API at a URL, with the `/v1`.
    package init(baseURL: ServiceURL) {
        self.baseURL = baseURL
    }

    /// The name in settings, failures and metrics.
    package var name: String { Self.name }

    /// `POST /chat/completions`, streaming.
    package func request(settings: LanguageModelSettings, history: WellFormedHistory) -> ProviderRequest {
        ProviderRequest(
            method: .POST,
            url: baseURL.base + "/chat/completions",
            headers: [
                "content-type": "application/json", "accept": "text/event-stream", "user-agent": "dialtone",
            ],
            body: OpenAIRequest.body(settings: settings, history: history, profile: OpenAIProfile(baseURL: baseURL))
        )
    }

    /// `GET /models`, which costs nothing.
    package func warmingRequest() -> ProviderRequest {
        ProviderRequest(method: .GET, url: baseURL.base + "/models", headers: ["user-agent": "dialtone"])
    }

    /// The header `authorization` with a bearer token.
    package func authorization(_ key: Secret) -> (name: String, value: String) {
        ("authorization", "Bearer " + key.reveal())
    }

    /// A decoder at the first event.
    package func makeDecoder() -> any ReplyDecoder {
        OpenAIStreamDecoder(provider: name)
    }

    /// What an answer that is not a success means; the request's id is in a header.
    package func failure(_ response: ProviderResponse, now: Int64) -> ProviderFailure {
        var failure = OpenAIError(body: response.body).failure(status: response.status, provider: name)
        failure.failure.requestID = response.headers.first(name: "x-request-id")
        failure.failure.retryAfterMilliseconds = response.retryAfterMilliseconds(now: now)
        if response.forbidsRetry { failure.isWorthQuickRetry = false }
        return failure
    }

    /// Whether the model may be silent for long before it speaks, because it thinks with these settings.
    package func mayThink(_ settings: LanguageModelSettings) -> Bool {
        OpenAIProfile(baseURL: baseURL).mayThink(settings: settings)
    }
}
