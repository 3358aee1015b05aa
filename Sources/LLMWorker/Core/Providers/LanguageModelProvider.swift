package import JSONText
package import NIOHTTP1
package import Observability
package import WorkerProtocol

/// A service that answers conversations: how it is asked, and how its answers are read.
///
/// Everything here is pure; sending and receiving is the session's.
package protocol LanguageModelProvider: Sendable {
    /// The name in settings, failures and metrics.
    var name: String { get }

    /// Where it is.
    var baseURL: ServiceURL { get }

    /// The request for one reply.
    ///
    /// - Parameters:
    ///   - settings: The session's.
    ///   - history: What has been said.
    /// - Returns: The request, without its credential.
    func request(settings: LanguageModelSettings, history: WellFormedHistory) -> ProviderRequest

    /// A cheap request that opens or keeps a connection.
    func warmingRequest() -> ProviderRequest

    /// The header that carries the key.
    func authorization(_ key: Secret) -> (name: String, value: String)

    /// A decoder for the answer to one request.
    func makeDecoder() -> any ReplyDecoder

    /// What an answer that is not a success means.
    ///
    /// - Parameters:
    ///   - response: Its head and the beginning of its body.
    ///   - now: Seconds since 1970, to understand a date.
    /// - Returns: The failure, without a word of a credential.
    func failure(_ response: ProviderResponse, now: Int64) -> ProviderFailure

    /// Whether the model may be silent for long before it speaks, because it thinks with these settings.
    func mayThink(_ settings: LanguageModelSettings) -> Bool
}

/// A request to a provider, without its credential.
package struct ProviderRequest: Equatable, Sendable {
    /// The HTTP method.
    package var method: HTTPMethod

    /// The absolute URL.
    package var url: String

    /// The headers but the credential's.
    package var headers: HTTPHeaders

    /// The JSON body, if any.
    package var body: JSONValue?

    /// Makes a request.
    package init(method: HTTPMethod, url: String, headers: HTTPHeaders, body: JSONValue? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
