package import NIOCore
internal import Observability
package import WebSocketTransport
package import WorkerProtocol

/// Who is told what happens to a ``DeepgramSocket``; every call comes on its event loop.
package protocol DeepgramSocketOwner: AnyObject {
    /// The connection is open; the id is Deepgram's `dg-request-id`.
    func socketOpened(requestID: String?)
    /// The connection did not come about.
    func socketRefused(_ failure: WorkerFailure)
    /// A text message came.
    func socketReceived(text: ByteBuffer)
    /// A binary message came.
    func socketReceived(binary: ByteBuffer)
    /// A ping was answered.
    func socketPonged()
    /// More can be sent after too much had waited.
    func socketBecameWritable()
    /// An open connection ended; the last call.
    func socketClosed(_ close: WebSocketClose)
}

/// One attempt at a connection to Deepgram, and the connection that came of it.
///
/// Once abandoned it tells its owner nothing more, whatever still happens below. Loop-bound.
package final class DeepgramSocket {
    /// The time for name lookup, TCP, TLS and upgrade together.
    package static let handshakeDeadline = TimeAmount.seconds(5)

    private weak var owner: (any DeepgramSocketOwner)?
    private var socket: WebSocket?
    private var isAbandoned = false

    private init(owner: any DeepgramSocketOwner) {
        self.owner = owner
    }

    /// Begins to connect.
    ///
    /// The owner hears `socketOpened` or `socketRefused` in a later turn of the loop.
    ///
    /// - Parameters:
    ///   - url: the whole URL with its query.
    ///   - credentials: what goes into the headers.
    ///   - eventLoop: where the connection lives; the caller must be on it.
    ///   - receiveBufferBytes: the size of the buffer of one read.
    ///   - owner: who is told; not kept alive.
    /// - Returns: the attempt; keep it until it is closed, aborted or over.
    package static func connect(
        to url: String,
        credentials: DeepgramCredentials,
        on eventLoop: any EventLoop,
        receiveBufferBytes: Int,
        owner: any DeepgramSocketOwner
    ) -> DeepgramSocket {
        let connection = DeepgramSocket(owner: owner)
        WebSocketClient.connect(
            to: url,
            headers: credentials.headers,
            on: eventLoop,
            limits: WebSocketLimits(maximumBufferedBytes: 512 * 1024, receiveBufferBytes: receiveBufferBytes),
            deadline: handshakeDeadline,
            delegate: connection
        ) { result in
            connection.completed(result)
        }
        return connection
    }

    /// Whether more can be sent without piling up.
    package var isWritable: Bool { socket?.isWritable ?? false }

    /// Sends a text message, if the connection is open.
    package func send(text: String) { socket?.send(text: text) }

    /// Sends audio, if the connection is open; an empty message, which Deepgram takes as the end, is never sent.
    package func send(audio: ByteBuffer) {
        guard audio.readableBytes > 0 else { return }
        socket?.send(binary: audio)
    }

    /// Sends a ping, if the connection is open.
    package func ping() { socket?.ping() }

    /// Stops or resumes reading, so that a slow receiver of ours slows the provider down.
    package func setReading(_ isReading: Bool) {
        _ = try? socket?.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    /// Ends the connection politely and tells the owner nothing more.
    package func close() {
        isAbandoned = true
        owner = nil
        socket?.close()
        socket = nil
    }

    /// Cuts the connection and tells the owner nothing more.
    package func abort() {
        isAbandoned = true
        owner = nil
        socket?.abort()
        socket = nil
    }

    private func completed(_ result: Result<WebSocket, WebSocketConnectError>) {
        switch result {
        case .success(let socket) where isAbandoned:
            socket.close()
        case .success(let socket):
            self.socket = socket
            let id = socket.responseHeaders.first { $0.0.lowercased() == "dg-request-id" }?.1
            owner?.socketOpened(requestID: id.map(DeepgramFailure.clean))
        case .failure(let error):
            owner?.socketRefused(DeepgramFailure.handshake(error))
        }
    }
}

extension DeepgramSocket: WebSocketDelegate {
    package func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        owner?.socketReceived(text: text)
    }

    package func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        owner?.socketReceived(binary: bytes)
    }

    package func webSocketDidReceivePong(_ socket: WebSocket) {
        owner?.socketPonged()
    }

    package func webSocketDidBecomeWritable(_ socket: WebSocket) {
        owner?.socketBecameWritable()
    }

    package func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        self.socket = nil
        owner?.socketClosed(close)
    }
}
