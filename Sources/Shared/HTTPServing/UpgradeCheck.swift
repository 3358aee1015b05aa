internal import NIOCore
internal import NIOHTTP1
internal import WebSocketTransport

/// Whether a request may become a WebSocket (RFC 6455 §4.2.1).
enum UpgradeCheck {
    enum Outcome {
        /// It may; the value of `Sec-WebSocket-Accept`.
        case accepted(accept: String)
        /// It may not; the reply that says so.
        case refused(HTTPReply)
    }

    /// Whether the request names the WebSocket protocol in `Upgrade` and `Connection`.
    static func asksForWebSocket(_ request: HTTPRequest) -> Bool {
        HTTPFieldSyntax.contains("websocket", in: request.headers["upgrade"])
            && HTTPFieldSyntax.contains("upgrade", in: request.headers["connection"])
    }

    static func check(_ request: HTTPRequest, isHTTP11: Bool) -> Outcome {
        guard isHTTP11, request.method == "GET", request.body.readableBytes == 0 else {
            return .refused(.plain(400))
        }
        guard self.asksForWebSocket(request) else {
            return .refused(.plain(426, headers: [("Upgrade", "websocket")]))
        }
        guard request.headers["sec-websocket-version"] == ["13"] else {
            return .refused(.plain(426, headers: [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]))
        }
        let keys = request.headers["sec-websocket-key"]
        guard keys.count == 1, let key = keys.first, WebSocketHandshake.isValidKey(key) else {
            return .refused(.plain(400))
        }
        return .accepted(accept: WebSocketHandshake.accept(forKey: key))
    }
}
