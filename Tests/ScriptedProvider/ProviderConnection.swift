internal import HTTPServing
internal import NIOCore
internal import Synchronization
internal import WebSocketTransport

/// The provider's end of one connection.
package final class ProviderConnection: Sendable {
    /// What came from the client.
    package enum Event: Sendable, Equatable {
        /// A text message.
        case text(String)
        /// A binary message.
        case binary([UInt8])
        /// The end, with the code of the client's close frame.
        case closed(code: UInt16?)
    }

    /// The request's path and query.
    package let target: String
    /// The request's headers, names in lower case.
    package let headers: [(name: String, value: String)]

    private let events = Inbox<Event>()
    private let socket = Mutex<NIOLoopBound<WebSocket>?>(nil)

    init(target: String, headers: [(String, String)]) {
        self.target = target
        self.headers = headers.map { (name: $0.0, value: $0.1) }
    }

    /// Waits for what comes next from the client.
    package func next() async throws -> Event {
        try await events.next()
    }

    /// Waits for the next text message, passing over audio.
    package func nextText() async throws -> String {
        while true {
            if case .text(let text) = try await next() { return text }
        }
    }

    /// Waits until this much audio has come, passing over texts, and returns it.
    package func nextAudio(_ count: Int) async throws -> [UInt8] {
        var audio: [UInt8] = []
        while audio.count < count {
            if case .binary(let bytes) = try await next() { audio += bytes }
        }
        return audio
    }

    /// Waits for the end, passing over messages.
    package func end() async throws -> UInt16? {
        while true {
            if case .closed(let code) = try await next() { return code }
        }
    }

    /// Sends a text message.
    package func send(_ text: String) {
        run { $0.send(text: text) }
    }

    /// Sends a binary message.
    package func send(_ bytes: [UInt8]) {
        run { $0.send(binary: bytes) }
    }

    /// Closes with a code and a reason.
    package func close(code: UInt16, reason: String = "") {
        run { $0.close(code: code, reason: reason) }
    }

    /// Cuts the connection without a close frame.
    package func cut() {
        run { $0.abort() }
    }

    /// Makes the request's connection a WebSocket; on its loop.
    func accept(_ responder: HTTPResponder) -> Bool {
        let upgraded = responder.upgradeToWebSocket(
            headers: [("dg-request-id", "request-1")],
            delegate: Recorder(connection: self)
        )
        guard let upgraded else { return false }
        let bound = NIOLoopBound(upgraded, eventLoop: responder.eventLoop)
        socket.withLock { $0 = bound }
        return true
    }

    private func run(_ body: @escaping @Sendable (WebSocket) -> Void) {
        guard let socket = socket.withLock({ $0 }) else { return }
        socket.eventLoop.execute { body(socket.value) }
    }

    private final class Recorder: WebSocketDelegate {
        private let connection: ProviderConnection

        init(connection: ProviderConnection) {
            self.connection = connection
        }

        func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
            connection.events.put(.text(String(buffer: text)))
        }

        func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
            connection.events.put(.binary(Array(bytes.readableBytesView)))
        }

        func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
            connection.events.put(.closed(code: close.code))
        }
    }
}
