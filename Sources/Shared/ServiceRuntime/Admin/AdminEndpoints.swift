package import HTTPServing
package import Observability

/// What every process answers about itself: `/healthz`, `/readyz`, `/metrics`.
package struct AdminEndpoints: Sendable {
    private let metrics: MetricsRegistry
    private let readiness: Readiness

    /// Endpoints over a process's metrics and readiness.
    package init(metrics: MetricsRegistry, readiness: Readiness) {
        self.metrics = metrics
        self.readiness = readiness
    }

    /// Answers a request to one of the endpoints.
    ///
    /// `/healthz` says 200 as long as the loop turns; `/readyz` says 200 or 503 and lists the parts; `/metrics` is
    /// Prometheus text. GET and HEAD only, else 405.
    ///
    /// - Parameters:
    ///   - request: any request.
    ///   - responder: replied to only if the path is one of these.
    /// - Returns: whether the path was one of these.
    package func answer(_ request: HTTPRequest, _ responder: HTTPResponder) -> Bool {
        guard let reply = reply(method: request.method, path: request.path) else { return false }
        responder.reply(status: reply.status, headers: reply.headers, body: reply.body)
        return true
    }

    /// The reply to a method and path, or `nil` if the path is none of these.
    func reply(method: String, path: String) -> (status: Int, headers: [(String, String)], body: String)? {
        var headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        let paths = ["/healthz", "/readyz", "/metrics"]
        guard paths.contains(path) else { return nil }
        guard method == "GET" || method == "HEAD" else {
            return (405, headers + [("Allow", "GET, HEAD")], "method not allowed\n")
        }
        switch path {
        case "/healthz":
            return (200, headers, "ok\n")
        case "/readyz":
            let isReady = readiness.isReady
            return (isReady ? 200 : 503, headers, (isReady ? "ready\n" : "not ready\n") + readiness.text)
        default:
            headers[0].1 = MetricsRegistry.prometheusContentType
            return (200, headers, metrics.prometheusText())
        }
    }
}
