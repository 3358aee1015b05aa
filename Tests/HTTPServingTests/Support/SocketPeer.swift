import HTTPServing
import NIOCore
import NIOPosix
import WebSocketTransport

/// What a WebSocket told its delegate, in words that may cross threads.
enum SocketEvent: Equatable, Sendable {
    case opened
    case text(String)
    case binary([UInt8])
    case pong
    case closed(WebSocketClose)
}

/// A delegate that puts every event into a stream a test can await.
final class EventRecorder: WebSocketDelegate {
    private let continuation: AsyncStream<SocketEvent>.Continuation
    /// Whether messages are sent back to where they came from.
    private let echoes: Bool

    init(_ continuation: AsyncStream<SocketEvent>.Continuation, echoes: Bool = false) {
        self.continuation = continuation
        self.echoes = echoes
    }

    func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
        self.continuation.yield(.text(String(buffer: text)))
        if self.echoes { socket.send(text: text) }
    }

    func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
        self.continuation.yield(.binary(Array(bytes.readableBytesView)))
        if self.echoes { socket.send(binary: bytes) }
    }

    func webSocketDidReceivePong(_ socket: WebSocket) {
        self.continuation.yield(.pong)
    }

    func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
        self.continuation.yield(.closed(close))
        self.continuation.finish()
    }
}

/// One end of a WebSocket as seen by a test, which runs on no event loop.
struct SocketPeer: Sendable {
    let socket: NIOLoopBound<WebSocket>
    let events: AsyncStream<SocketEvent>

    /// Runs `body` with the socket on its event loop.
    func run<Value: Sendable>(_ body: @escaping @Sendable (WebSocket) -> Value) async throws -> Value {
        try await self.socket.eventLoop.submit { body(self.socket.value) }.get()
    }

    static func connect(
        to url: String,
        headers: [(String, String)] = [],
        on loop: any EventLoop,
        limits: WebSocketLimits = WebSocketLimits(),
        deadline: TimeAmount = .seconds(30)
    ) async throws -> SocketPeer {
        let (events, continuation) = AsyncStream.makeStream(of: SocketEvent.self)
        let socket = try await loop.flatSubmit {
            let promise = loop.makePromise(of: NIOLoopBound<WebSocket>.self)
            WebSocketClient.connect(
                to: url,
                headers: headers,
                on: loop,
                limits: limits,
                deadline: deadline,
                delegate: EventRecorder(continuation)
            ) { result in
                switch result {
                case .success(let socket): promise.succeed(NIOLoopBound(socket, eventLoop: loop))
                case .failure(let error): promise.fail(error)
                }
            }
            return promise.futureResult
        }.get()
        return SocketPeer(socket: socket, events: events)
    }
}
