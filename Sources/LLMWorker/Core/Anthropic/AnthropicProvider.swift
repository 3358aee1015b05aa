import JSONText
import NIOHTTP1
package import Observability
package import WorkerProtocol

/// Anthropic's Messages API.
///
/// The version sent is 2023-06-01. Nothing that changed in 2026-10-21 is used here (it forbids sampling parameters, which
/// are never sent, and documents and citations, of which there are none), both give the same stream, and the older one
/// is what proxies and compatible servers understand as well.
package struct AnthropicProvider: LanguageModelProvider {
    /// The name in settings, failures and metrics.
    package static let name = "anthropic"

    /// The value of the header `anthropic-version`.
    package static let version = "2023-06-01"

    /// Where the API is unless told otherwise.
    package static let defaultBaseURL = "https://api.anthropic.com"

    /// Where the API is.
    package let baseURL: ServiceURL

    /// The API at a URL, without the `/v1`.
    package init(baseURL: ServiceURL) {
        self.baseURL = baseURL
    }

    /// The name in settings, failures and metrics.
    package var name: String { Self.name }

    /// `POST /v1/messages`, streaming.
    package func request(settings: LanguageModelSettings, history: WellFormedHistory) -> ProviderRequest {
        var headers = Self.headers
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "accept", value: "text/event-stream")
        return ProviderRequest(
            method: .POST,
            url: baseURL.base + "/v1/messages",
            headers: headers,
            body: AnthropicRequest.body(settings: settings, history: history)
        )
    }

    /// `GET /v1/models` of one model, which costs nothing.
    package func warmingRequest() -> ProviderRequest {
        ProviderRequest(method: .GET, url: baseURL.base + "/v1/models?limit=1", headers: Self.headers)
    }

    /// The header `x-api-key`; exactly one credential is sent, or the answer is 401.
    package func authorization(_ key: Secret) -> (name: String, value: String) {
        ("x-api-key", key.reveal())
    }

    /// A decoder at the first event.
    package func makeDecoder() -> any ReplyDecoder {
        AnthropicStreamDecoder(provider: name)
    }

    /// What an answer that is not a success means; the request's id is in a header.
    package func failure(_ response: ProviderResponse, now: Int64) -> ProviderFailure {
        var failure = AnthropicError(body: response.body).failure(status: response.status, provider: name)
        failure.failure.requestID = response.headers.first(name: "request-id") ?? failure.failure.requestID
        failure.failure.retryAfterMilliseconds = response.retryAfterMilliseconds(now: now)
        if response.forbidsRetry { failure.isWorthQuickRetry = false }
        return failure
    }

    /// Whether the model may be silent for long before it speaks, because it thinks with these settings.
    package func mayThink(_ settings: LanguageModelSettings) -> Bool {
        AnthropicModel(id: settings.model).thinks(asked: settings.thinking)
    }

    private static var headers: HTTPHeaders {
        ["anthropic-version": version, "user-agent": "dialtone"]
    }
}
