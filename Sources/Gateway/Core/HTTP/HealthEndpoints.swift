import HTTPServing
import NIOHTTP1
import Observability
import ServiceRuntime

/// Health, readiness and metrics.
///
/// On the public listener they are for this machine only: the peer must be loopback, and the request must not have come
/// through a proxy, whose peer is loopback too. The admin socket has them for whoever may open it.
enum HealthEndpoints {
    private static let forwardingHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "Via"]

    /// Whether a request on the public listener was made on this machine itself.
    static func isLocal(_ request: HTTPRequest, publicURL: PublicURL) -> Bool {
        guard let peer = request.remoteAddress, LoopbackAddress.isLoopback(LoopbackAddress.host(of: peer)) else {
            return false
        }
        guard !forwardingHeaders.contains(where: request.headers.contains(name:)) else { return false }
        guard let host = request.headers.first(name: "Host"), host != publicURL.authority else {
            // Only where the public URL is itself this machine, as when trying things out.
            return LoopbackAddress.isLoopback(LoopbackAddress.host(of: String(publicURL.authority)))
        }
        return LoopbackAddress.isLoopback(LoopbackAddress.host(of: host)) || LoopbackAddress.isLoopback(host)
    }

    /// Answers `/healthz`, `/readyz` or `/metrics`; anything else with 404.
    static func answer(
        _ request: HTTPRequest,
        _ responder: HTTPResponder,
        readiness: Readiness,
        registry: MetricsRegistry
    ) {
        let plain = [("Content-Type", "text/plain; charset=utf-8")]
        guard request.method == "GET" || request.method == "HEAD" else {
            responder.reply(status: 405, headers: [("Allow", "GET, HEAD")])
            return
        }
        switch request.path {
        case "/healthz": responder.reply(status: 200, headers: plain, body: "ok\n")
        case "/readyz":
            responder.reply(status: readiness.isReady ? 200 : 503, headers: plain, body: readiness.text)
        case "/metrics":
            responder.reply(
                status: 200,
                headers: [("Content-Type", MetricsRegistry.prometheusContentType)],
                body: registry.prometheusText()
            )
        default: responder.reply(status: 404)
        }
    }
}
