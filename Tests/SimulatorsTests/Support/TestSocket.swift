import JSONText
import NIOCore
import Simulators
import Synchronization
import WebSocketTransport

/// What a test's WebSocket received.
enum SocketEvent: Sendable, Equatable {
    case text(String)
    case binary([UInt8])
    case closed(code: UInt16?, reason: String)

    /// The `type` of a JSON message.
    var type: String? { self.json?["type"]?.stringValue }

    /// The message as JSON.
    var json: JSONValue? {
        guard case .text(let text) = self else { return nil }
        return try? JSONValue.parse(text)
    }
}

/// A WebSocket client for tests, usable from any task.
final class TestSocket: Sendable {
    let events = EventLog<SocketEvent>()
    let headers: [(String, String)]
    private let socket: NIOLoopBound<WebSocket>

    private init(socket: NIOLoopBound<WebSocket>, headers: [(String, String)], collector: Collector) {
        self.socket = socket
        self.headers = headers
    }

    /// Connects; throws the `WebSocketConnectError` of a refusal.
    static func connect(
        _ url: String,
        headers: [(String, String)] = [("Authorization", "Token secret"), ("User-Agent", "test")],
        on eventLoop: any EventLoop,
        deadline: TimeAmount = .seconds(10)
    ) async throws -> TestSocket {
        let promise = eventLoop.makePromise(of: TestSocket.self)
        eventLoop.execute {
            let collector = Collector()
            WebSocketClient.connect(to: url, headers: headers, on: eventLoop, deadline: deadline, delegate: collector) {
                switch $0 {
                case .success(let socket):
                    let bound = NIOLoopBound(socket, eventLoop: eventLoop)
                    let test = TestSocket(socket: bound, headers: socket.responseHeaders, collector: collector)
                    collector.events = test.events
                    promise.succeed(test)
                case .failure(let error):
                    promise.fail(error)
                }
            }
        }
        return try await promise.futureResult.get()
    }

    /// Sends a text message.
    func send(_ text: String) {
        self.socket.eventLoop.execute { self.socket.value.send(text: text) }
    }

    /// Sends a binary message.
    func send(_ bytes: [UInt8]) {
        self.socket.eventLoop.execute { self.socket.value.send(binary: bytes) }
    }

    /// Closes.
    func close() {
        self.socket.eventLoop.execute { self.socket.value.close() }
    }

    /// Waits for a JSON message of this type.
    @discardableResult
    func waitFor(_ type: String, from: Int = 0, where matches: @escaping @Sendable (JSONValue) -> Bool = { _ in true })
        async throws -> JSONValue
    {
        let found = try await self.events.waitFor(type, from: from) { event in
            event.type == type && event.json.map(matches) == true
        }
        return found.event.json ?? .null
    }

    /// Waits for the end.
    func waitForClose() async throws -> (code: UInt16?, reason: String) {
        let found = try await self.events.waitFor("close") { if case .closed = $0 { true } else { false } }
        guard case .closed(let code, let reason) = found.event else { return (nil, "") }
        return (code, reason)
    }

    /// All binary messages so far.
    var binary: [[UInt8]] {
        self.events.all.compactMap { if case .binary(let bytes) = $0.event { bytes } else { nil } }
    }

    /// Puts what comes into the log; lives on the connection's loop.
    private final class Collector: WebSocketDelegate {
        var events: EventLog<SocketEvent>? {
            didSet {
                for event in self.early { self.events?.record(event) }
                self.early = []
            }
        }
        private var early: [SocketEvent] = []

        func webSocket(_ socket: WebSocket, didReceiveText text: ByteBuffer) {
            self.record(.text(String(buffer: text)))
        }

        func webSocket(_ socket: WebSocket, didReceiveBinary bytes: ByteBuffer) {
            self.record(.binary(Array(bytes.readableBytesView)))
        }

        func webSocket(_ socket: WebSocket, didClose close: WebSocketClose) {
            self.record(.closed(code: close.code, reason: close.reason))
        }

        private func record(_ event: SocketEvent) {
            if let events { events.record(event) } else { self.early.append(event) }
        }
    }
}
