import HTTPServing
import JSONText
import NIOCore
import NIOPosix
import Synchronization

/// A provider or tool server on loopback that does what a test tells it, and remembers what it saw.
///
/// `GET …/models` is answered by itself: the worker keeps its connection warm with it.
final class ScriptedServer: Sendable {
    /// What a test does with a request; `number` counts from 1.
    typealias Script = @Sendable (_ number: Int, _ request: HTTPRequest, _ responder: HTTPResponder) -> Void

    private struct State {
        var requests: [HTTPRequest] = []
        var warmingRequests: [HTTPRequest] = []
        var server: HTTPServer?
    }

    /// Says "disconnected" each time a client goes before its answer is complete.
    let disconnects: AsyncStream<Int>

    /// Each request but the warming ones.
    let arrivals: AsyncStream<HTTPRequest>

    /// Each warming request.
    let warmings: AsyncStream<HTTPRequest>

    private let state = Mutex(State())
    private let script: Script
    private let disconnected: AsyncStream<Int>.Continuation
    private let arrived: AsyncStream<HTTPRequest>.Continuation
    private let warmed: AsyncStream<HTTPRequest>.Continuation

    private init(script: @escaping Script) {
        self.script = script
        (disconnects, disconnected) = AsyncStream.makeStream()
        (arrivals, arrived) = AsyncStream.makeStream()
        (warmings, warmed) = AsyncStream.makeStream()
    }

    static func start(script: @escaping Script) async throws -> ScriptedServer {
        let scripted = ScriptedServer(script: script)
        let server = try await HTTPServer.start(
            on: .tcp(host: "127.0.0.1", port: 0),
            group: MultiThreadedEventLoopGroup.singleton
        ) { scripted.handle($0, $1) }
        scripted.state.withLock { $0.server = server }
        return scripted
    }

    var url: String { "http://127.0.0.1:\(state.withLock { $0.server?.port ?? 0 })" }

    /// The requests so far, but the warming ones.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    func stop() async {
        let server = state.withLock { $0.server }
        await server?.close()
    }

    private func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if request.method == "GET", request.path.hasSuffix("/models") {
            state.withLock { $0.warmingRequests.append(request) }
            responder.reply(status: 200, body: #"{"data":[]}"#)
            warmed.yield(request)
            return
        }
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        // Keeps the responder of a script that does not answer until the client goes.
        responder.onDisconnect = { [disconnected] in
            _ = responder
            disconnected.yield(number)
        }
        script(number, request, responder)
        arrived.yield(request)
    }

    /// Begins a stream of events that stays open until it is finished, cut, or left by the client.
    func stream(_ number: Int, _ responder: HTTPResponder, _ first: String = "") -> HTTPBodyStream {
        let stream = responder.stream(status: 200, headers: [("content-type", "text/event-stream")])
        let disconnected = disconnected
        // Keeps the stream until the client goes.
        stream.onDisconnect = {
            _ = stream
            disconnected.yield(number)
        }
        stream.write(first)
        return stream
    }
}

extension HTTPResponder {
    /// Answers with a whole stream of events.
    func reply(events: String) {
        reply(status: 200, headers: [("content-type", "text/event-stream")], body: events)
    }

    /// Answers with an error of Anthropic's kind.
    func reply(error type: String, status: Int, headers: [(String, String)] = []) {
        let body = #"{"type":"error","error":{"type":"\#(type)","message":"sk-secret"},"request_id":"req_1"}"#
        reply(status: status, headers: headers + [("request-id", "req_1")], body: body)
    }
}

extension HTTPRequest {
    /// The body as JSON.
    var json: JSONValue? { try? JSONValue.parse(Array(body.readableBytesView)) }
}
