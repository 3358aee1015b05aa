import HTTPServing
import NIOCore
import NIOHTTP1
import WebSocketTransport

/// Decides who is let in (Deepgram, authentication and upgrade failures).
struct DeepgramDoor: Sendable {
    let hub: DeepgramHub

    /// Answers one HTTP request: an upgrade or a refusal.
    func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let requestID = ProviderIdentifier.timeOrdered()
        let kind: DeepgramKind
        switch request.path {
        case "/v1/listen": kind = .listen
        case "/v1/speak": kind = .speak
        default:
            let missing = DeepgramRejection(status: 404, code: "NOT_FOUND", message: "Not Found")
            return self.refuse(nil, missing, requestID, responder)
        }
        switch self.hub.takeFault(kind) {
        case .status(let status): return self.refuse(kind, .standard(status), requestID, responder)
        case .cut:
            self.hub.events.record(.ignored(kind, .cut))
            return responder.abort()
        case .hang:
            self.hub.events.record(.ignored(kind, .hang))
            // The responder is kept alive until the client gives up.
            return responder.onDisconnect = { withExtendedLifetime(responder) {} }
        case nil: break
        }
        do throws(DeepgramRejection) {
            let echo = try self.authorise(request)
            switch kind {
            case .listen: try self.openListen(request, requestID, echo, responder)
            case .speak: try self.openSpeak(request, requestID, echo, responder)
            }
        } catch {
            self.refuse(kind, error, requestID, responder)
        }
    }

    /// Checks the credential; returns the subprotocol to echo if the key came as one.
    private func authorise(_ request: HTTPRequest) throws(DeepgramRejection) -> String? {
        let settings = self.hub.settings
        if settings.requiresUserAgent, request.headers.first(name: "user-agent")?.isEmpty != false {
            throw DeepgramRejection(status: 403, code: "FORBIDDEN", message: "A User-Agent is required.")
        }
        var key: Substring?
        var echo: String?
        if let authorization = request.headers.first(name: "authorization") {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            if parts.count == 2, ["token", "bearer"].contains(parts[0].lowercased()) { key = parts[1] }
        } else {
            let offered = request.headers[canonicalForm: "sec-websocket-protocol"]
            if offered.count == 2, offered[0].lowercased() == "token" {
                key = offered[1]
                echo = "token"
            }
        }
        guard let key, !key.isEmpty, settings.apiKeys?.contains(String(key)) ?? true else { throw .standard(401) }
        return echo
    }

    private func openListen(
        _ request: HTTPRequest,
        _ requestID: String,
        _ echo: String?,
        _ responder: HTTPResponder
    ) throws(DeepgramRejection) {
        let query = try ListenQuery.parse(request.query)
        let connection = try self.admit(.listen, request, requestID)
        let session = ListenSession(hub: self.hub, connection: connection, query: query)
        guard let socket = self.upgrade(requestID, echo, responder, session) else { return self.hub.forget(connection) }
        session.start(on: socket)
    }

    private func openSpeak(
        _ request: HTTPRequest,
        _ requestID: String,
        _ echo: String?,
        _ responder: HTTPResponder
    ) throws(DeepgramRejection) {
        let query = try SpeakQuery.parse(request.query)
        let connection = try self.admit(.speak, request, requestID)
        let session = SpeakSession(hub: self.hub, connection: connection, query: query)
        guard let socket = self.upgrade(requestID, echo, responder, session) else { return self.hub.forget(connection) }
        session.start(on: socket)
    }

    private func admit(
        _ kind: DeepgramKind,
        _ request: HTTPRequest,
        _ requestID: String
    ) throws(DeepgramRejection) -> DeepgramConnection {
        guard let connection = self.hub.admit(kind, requestID: requestID, query: request.query ?? "") else {
            throw .standard(429)
        }
        return connection
    }

    private func upgrade(
        _ requestID: String,
        _ echo: String?,
        _ responder: HTTPResponder,
        _ delegate: any WebSocketDelegate
    ) -> WebSocket? {
        var headers = [
            ("dg-request-id", requestID),
            ("access-control-expose-headers", "dg-model-name,dg-model-uuid,dg-char-count,dg-request-id,dg-error"),
        ]
        if let echo { headers.append(("Sec-WebSocket-Protocol", echo)) }
        // A slow client gets the time to read why it was closed.
        let limits = WebSocketLimits(closeTimeout: .seconds(5))
        return responder.upgradeToWebSocket(headers: headers, limits: limits, delegate: delegate)
    }

    private func refuse(
        _ kind: DeepgramKind?,
        _ rejection: DeepgramRejection,
        _ requestID: String,
        _ responder: HTTPResponder
    ) {
        self.hub.events.record(.refused(kind, status: rejection.status, message: rejection.message))
        responder.reply(
            status: rejection.status,
            headers: [
                ("content-type", "application/json"), ("dg-request-id", requestID), ("dg-error", rejection.message),
            ],
            body: rejection.body(requestID: requestID)
        )
    }
}
