package import NIOCore

/// Receives what happens on a WebSocket; every call comes on the connection's event loop.
///
/// No method is called from within a call to the `WebSocket`, so a delegate need not expect re-entry.
package protocol WebSocketDelegate: AnyObject {
    /// A whole text message came, UTF-8 checked.
    ///
    /// The storage is reused for the next message if the delegate keeps no copy of the buffer.
    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer)

    /// A whole binary message came.
    ///
    /// The storage is reused for the next message if the delegate keeps no copy of the buffer.
    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer)

    /// A pong came, asked for or not.
    func webSocketDidReceivePong(_ socket: WebSocket)

    /// The socket is writable again after too many bytes had waited.
    func webSocketDidBecomeWritable(_ socket: WebSocket)

    /// All messages of one read from the socket have been delivered.
    func webSocketDidFinishReading(_ socket: WebSocket)

    /// The connection ended; called exactly once, as the last call.
    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose)
}

extension WebSocketDelegate {
    package func webSocketDidReceivePong(_ socket: WebSocket) {}
    package func webSocketDidBecomeWritable(_ socket: WebSocket) {}
    package func webSocketDidFinishReading(_ socket: WebSocket) {}
}
