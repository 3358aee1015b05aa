package import Observability
package import WorkerProtocol

/// Where one of Deepgram's services is, as a `ws` or `wss` URL without the service's own path.
///
/// The worker's environment goes before what the session's settings name, and that before Deepgram's own host.
/// `http` and `https` are read as `ws` and `wss`. Plain `ws` is allowed to loopback addresses only.
package struct DeepgramAddress: Sendable, Equatable {
    /// Deepgram's own host.
    package static let standard = "wss://api.deepgram.com"

    /// The scheme, host, port and path before `/v1`, without a slash at the end.
    package let base: String

    /// Finds the address of a service.
    ///
    /// - Parameters:
    ///   - variable: the environment variable of this service, such as `DEEPGRAM_STT_BASE_URL`; after it
    ///     `DEEPGRAM_BASE_URL` is looked up.
    ///   - configured: the URL of the session's settings.
    ///   - environment: the worker's environment.
    /// - Throws: a permanent failure that says which source names an unusable URL, and why.
    package init(
        variable: String,
        configured: String?,
        environment: Environment = .process
    ) throws(WorkerFailure) {
        for name in [variable, "DEEPGRAM_BASE_URL"] {
            if let url = environment[name] {
                base = try Self.normalized(url, source: name)
                return
            }
        }
        if let configured, !configured.isEmpty {
            base = try Self.normalized(configured, source: "the configured base URL of deepgram")
        } else {
            base = Self.standard
        }
    }

    /// The URL of a service with its query.
    ///
    /// - Parameters:
    ///   - path: such as `/v1/listen`.
    ///   - query: names and values in order; both are percent-encoded (RFC 3986 §2.1).
    /// - Returns: the URL to connect to.
    package func url(path: String, query: [(name: String, value: String)]) -> String {
        let pairs = query.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
        return base + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    private static func normalized(_ url: String, source: String) throws(WorkerFailure) -> String {
        guard let separator = url.firstIndex(of: ":"), url[separator...].hasPrefix("://") else {
            throw fault(source, "is not a URL; allowed: wss://HOST, https://HOST, or ws:// on loopback")
        }
        var rest = url[separator...].dropFirst(3)
        guard !rest.contains(where: { "?#@ ".contains($0) }) else {
            throw fault(source, "must not hold a user name, a query, a fragment or blanks")
        }
        while rest.last == "/" { rest = rest.dropLast() }
        // A URL that already names the version or the service is understood, not doubled.
        for suffix in ["/v1/listen", "/v1/speak", "/v1"] where rest.hasSuffix(suffix) {
            rest = rest.dropLast(suffix.count)
            break
        }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty else { throw fault(source, "names no host") }
        switch url[..<separator].lowercased() {
        case "wss", "https":
            return "wss://" + rest
        case "ws", "http":
            guard isLoopback(authority) else {
                throw fault(source, "is not encrypted: ws:// and http:// are allowed to loopback addresses only")
            }
            return "ws://" + rest
        default:
            throw fault(source, "has an unknown scheme; allowed: wss, https, and ws or http on loopback")
        }
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") }
        let host = authority.prefix { $0 != ":" }
        if host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func fault(_ source: String, _ what: String) -> WorkerFailure {
        WorkerFailure(.rejected, isPermanent: true, detail: "\(source) \(what)", provider: "deepgram")
    }
}
