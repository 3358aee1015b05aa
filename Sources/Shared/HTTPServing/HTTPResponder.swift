package import NIOCore
package import WebSocketTransport

/// The right to answer one request; lives on the connection's event loop and is used from there only.
///
/// The request is answered exactly once, now or later; further answers are ignored. One that is dropped unanswered is
/// answered 500. While it is outstanding, the connection reads no further request.
package final class HTTPResponder {
    /// The connection's event loop.
    package let eventLoop: any EventLoop
    /// The request to answer.
    package let request: HTTPRequest
    /// Called once if the other end goes before it has been answered.
    package var onDisconnect: (() -> Void)?

    /// Nil once answered or disconnected.
    private var connection: NIOLoopBound<HTTPConnection>?
    private let isHTTP11: Bool

    init(connection: HTTPConnection, request: HTTPRequest, isHTTP11: Bool, eventLoop: any EventLoop) {
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
        self.request = request
        self.isHTTP11 = isHTTP11
        self.eventLoop = eventLoop
    }

    deinit {
        guard let connection = self.connection else { return }
        // The last reference may be let go on any thread.
        self.eventLoop.execute { connection.value.responderDropped() }
    }

    /// Whether the request asks for a WebSocket, whatever its version and key.
    package var isWebSocketUpgrade: Bool { UpgradeCheck.asksForWebSocket(self.request) }

    /// Answers with a whole body; its length is added to the headers.
    ///
    /// A reply with a header that cannot be sent (a line break in it, say) is replaced by a 500. To HEAD, and with
    /// statuses that have no body, the body is left out.
    package func reply(status: Int, headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer()) {
        self.eventLoop.assertInEventLoop()
        self.take()?.reply(HTTPReply(status: status, headers: headers, body: body))
    }

    /// Answers with a whole text as body; see ``reply(status:headers:body:)-(_,_,ByteBuffer)``.
    package func reply(status: Int, headers: [(String, String)] = [], body: String) {
        self.reply(status: status, headers: headers, body: ByteBuffer(string: body))
    }

    /// Answers with a body that is sent as it is made; the head goes out at once.
    package func stream(status: Int, headers: [(String, String)] = []) -> HTTPBodyStream {
        self.eventLoop.assertInEventLoop()
        let stream = HTTPBodyStream(eventLoop: self.eventLoop)
        self.take()?.beginStream(HTTPReply(status: status, headers: headers), stream)
        return stream
    }

    /// Answers by making the connection a WebSocket.
    ///
    /// The delegate is called in later turns of the event loop only. If the request is not a proper upgrade request
    /// (RFC 6455 §4.2.1), it is answered here with 400 or 426 and nil is returned.
    ///
    /// - Parameters:
    ///   - headers: Further header fields of the 101, such as `Sec-WebSocket-Protocol`.
    ///   - limits: The bounds of the WebSocket.
    ///   - delegate: Who is told of messages and of the end.
    /// - Returns: The open WebSocket; nil if the request was refused, answered already, or its sender is gone.
    package func upgradeToWebSocket(
        headers: [(String, String)] = [],
        limits: WebSocketLimits = WebSocketLimits(),
        delegate: any WebSocketDelegate
    ) -> WebSocket? {
        self.eventLoop.assertInEventLoop()
        guard let connection = self.take() else { return nil }
        switch UpgradeCheck.check(self.request, isHTTP11: self.isHTTP11) {
        case .refused(let reply):
            connection.reply(reply)
            return nil
        case .accepted(let accept):
            return connection.upgrade(accept: accept, headers: headers, limits: limits, delegate: delegate)
        }
    }

    /// Cuts the connection without an answer.
    package func abort() {
        self.eventLoop.assertInEventLoop()
        self.take()?.abort()
    }

    /// The other end is gone.
    func disconnected() {
        guard self.connection != nil else { return }
        self.connection = nil
        let notice = self.onDisconnect
        self.onDisconnect = nil
        notice?()
    }

    /// Uses up the right to answer.
    private func take() -> HTTPConnection? {
        let connection = self.connection?.value
        self.connection = nil
        self.onDisconnect = nil
        return connection
    }
}
