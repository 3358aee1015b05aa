package import NIOCore

/// Opens WebSocket connections to servers.
package enum WebSocketClient {
    /// Header fields the handshake itself sets, in lower case; callers may not.
    private static let reservedHeaders: Set<String> = [
        "host", "upgrade", "connection", "content-length", "transfer-encoding", "sec-websocket-key",
        "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-accept",
    ]

    /// Connects to `url` and calls `completion` once, on `eventLoop` and in a later turn of it.
    ///
    /// Must be called on `eventLoop`. Messages are delivered after `completion` has returned, also those that came in
    /// the same segment as the server's answer. The values of `headers` appear in no error.
    ///
    /// - Parameters:
    ///   - url: A `ws://` or `wss://` URL.
    ///   - headers: Further header fields of the request, such as `Authorization`.
    ///   - eventLoop: Where the connection lives.
    ///   - limits: The bounds of the connection.
    ///   - deadline: The time for name lookup, TCP, TLS and upgrade together.
    ///   - trustRootsFile: A PEM file of the only trusted roots; nil for the system's.
    ///   - maskingKeys: Unpredictable numbers to mask with.
    ///   - delegate: Who is told of messages and of the end.
    ///   - completion: Gets the open connection, or why there is none.
    package static func connect(
        to url: String,
        headers: [(String, String)] = [],
        on eventLoop: any EventLoop,
        limits: WebSocketLimits = WebSocketLimits(),
        deadline: TimeAmount,
        trustRootsFile: String? = nil,
        maskingKeys: any RandomNumberGenerator = SystemMaskingKeys(),
        delegate: any WebSocketDelegate,
        completion: @escaping (Result<WebSocket, WebSocketConnectError>) -> Void
    ) {
        let loop = eventLoop.assumeIsolated()
        guard let address = WebSocketURL(url) else {
            loop.execute { completion(.failure(.invalidURL(WebSocketURL.withoutSecrets(url)))) }
            return
        }
        if let name = self.faultyHeader(headers) {
            loop.execute { completion(.failure(.transport("header \(name) cannot be sent"))) }
            return
        }
        let dialer = WebSocketDialer(
            url: address,
            headers: headers,
            eventLoop: eventLoop,
            limits: limits,
            trustRootsFile: trustRootsFile,
            maskingKeys: maskingKeys,
            delegate: delegate,
            completion: completion
        )
        // In a later turn, because a connection may fail at once.
        loop.execute { dialer.start(deadline: deadline) }
    }

    /// Reads the trust roots ahead of the first `wss://` connection, which would otherwise stall its event loop.
    ///
    /// - Throws: `NIOSSLError` if they cannot be read.
    package static func prepareTLS(trustRootsFile: String? = nil) throws {
        _ = try ClientTLS.context(trustRootsFile: trustRootsFile)
    }

    /// The name of the first header that is reserved or malformed; a name that is not a token is not repeated.
    private static func faultyHeader(_ headers: [(String, String)]) -> String? {
        for (name, value) in headers {
            guard HTTPFieldSyntax.isValidName(name) else { return "with a malformed name" }
            guard HTTPFieldSyntax.isValidValue(value), !self.reservedHeaders.contains(name.lowercased()) else {
                return name
            }
        }
        return nil
    }
}
