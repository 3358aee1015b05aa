import NIOCore
import NIOPosix
import WebSocketTransport

/// The outcome of a connection attempt, in a form that may cross threads.
enum ConnectOutcome: Sendable {
    case connected(NIOLoopBound<WebSocket>, headers: [String])
    case failed(WebSocketConnectError)

    /// The error, as text and as value; nil if connected.
    var error: WebSocketConnectError? {
        if case .failed(let error) = self { error } else { nil }
    }
}

/// Puts every event into a stream that a test can await.
final class StreamingDelegate: WebSocketDelegate {
    private let continuation: AsyncStream<SocketEvent>.Continuation

    init(_ continuation: AsyncStream<SocketEvent>.Continuation) {
        self.continuation = continuation
    }

    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        self.continuation.yield(.text(String(buffer: text)))
    }

    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        self.continuation.yield(.binary(Array(bytes.readableBytesView)))
    }

    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        self.continuation.yield(.closed(close))
        self.continuation.finish()
    }
}

/// Connects from a test, which runs on no event loop.
func connect(
    to url: String,
    headers: [(String, String)] = [],
    deadline: TimeAmount = .seconds(30),
    trustRootsFile: String? = nil,
    events: AsyncStream<SocketEvent>.Continuation? = nil
) async throws -> ConnectOutcome {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let continuation = events ?? AsyncStream.makeStream(of: SocketEvent.self).continuation
    return try await loop.flatSubmit {
        let promise = loop.makePromise(of: ConnectOutcome.self)
        WebSocketClient.connect(
            to: url,
            headers: headers,
            on: loop,
            deadline: deadline,
            trustRootsFile: trustRootsFile,
            delegate: StreamingDelegate(continuation)
        ) { result in
            switch result {
            case .success(let socket):
                let headers = socket.responseHeaders.map { "\($0.0)=\($0.1)" }
                promise.succeed(.connected(NIOLoopBound(socket, eventLoop: loop), headers: headers))
            case .failure(let error):
                promise.succeed(.failed(error))
            }
        }
        return promise.futureResult
    }.get()
}
