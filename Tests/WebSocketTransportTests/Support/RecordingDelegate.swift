import NIOCore
import WebSocketTransport

/// What a WebSocket told its delegate.
enum SocketEvent: Equatable, Sendable {
    case text(String)
    case binary([UInt8])
    case pong
    case writable
    case finishedReading
    case closed(WebSocketClose)
}

/// Keeps every event, for tests that run on the connection's event loop.
final class RecordingDelegate: WebSocketDelegate {
    private(set) var events: [SocketEvent] = []
    /// Called after each event has been kept.
    var reaction: ((WebSocket, SocketEvent) -> Void)?

    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        self.keep(socket, .text(String(buffer: text)))
    }

    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        self.keep(socket, .binary(Array(bytes.readableBytesView)))
    }

    func webSocketDidReceivePong(_ socket: WebSocket) {
        self.keep(socket, .pong)
    }

    func webSocketDidBecomeWritable(_ socket: WebSocket) {
        self.keep(socket, .writable)
    }

    func webSocketDidFinishReading(_ socket: WebSocket) {
        self.keep(socket, .finishedReading)
    }

    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        self.keep(socket, .closed(close))
    }

    private func keep(_ socket: WebSocket, _ event: SocketEvent) {
        self.events.append(event)
        self.reaction?(socket, event)
    }
}
