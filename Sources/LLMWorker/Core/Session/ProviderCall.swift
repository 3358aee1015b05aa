package import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1
package import Observability
import WorkerProtocol

/// What one reply needs: what to ask, whom, with which key, and how long to wait.
package struct ProviderCall {
    /// Whom.
    package var provider: any LanguageModelProvider

    /// Their key.
    package var key: Secret

    /// What, but for the key.
    package var request: ProviderRequest

    /// Whether the model may be silent for long.
    package var mayThink: Bool

    /// How long to wait.
    package var timing: ReplyTiming

    /// The process's client.
    package var client: HTTPClient

    /// Where to count.
    package var metrics: ReplyMetrics

    /// Seconds since 1970.
    package var wallClock: @Sendable () -> Int64

    /// The request with the key.
    func makeRequest() throws -> HTTPClient.Request {
        try Self.makeRequest(request, authorization: provider.authorization(key))
    }

    /// A request with its credential, ready to be sent.
    static func makeRequest(
        _ request: ProviderRequest,
        authorization: (name: String, value: String)
    ) throws -> HTTPClient.Request {
        var headers = request.headers
        headers.replaceOrAdd(name: authorization.name, value: authorization.value)
        var bytes: [UInt8] = []
        request.body?.serialize(into: &bytes)
        return try HTTPClient.Request(
            url: request.url,
            method: request.method,
            headers: headers,
            body: request.body == nil ? nil : .byteBuffer(ByteBuffer(bytes: bytes))
        )
    }

    /// A random pause before a second attempt.
    func retryPauseMilliseconds() -> Int64 {
        Int64.random(in: timing.retryPause)
    }
}
