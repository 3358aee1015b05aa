import HTTPServing
package import JSONText
package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One call of a tool over HTTP.
package struct ToolServerCall: Sendable, Equatable {
    /// Method, path and query.
    package let target: String
    /// Headers with lowercase names.
    package let headers: [String: String]
    /// The body; null when there was none or it was not JSON.
    package let body: JSONValue
    /// The header `Idempotency-Key`.
    package let idempotencyKey: String?
    /// Whether a call with this key had come before.
    package let isRepeated: Bool
}

/// How the simulated tools behave.
package struct ToolServerSettings: Sendable {
    /// Milliseconds until the answer.
    package var latency = 50
    /// The status of every answer; 200 is healthy.
    package var status = 200
    /// Whether calls are never answered.
    package var hangs = false
    /// The free times `find_slot` gives for any day.
    package var slots = ["9:30", "14:00", "16:15"]
    /// What any other path answers.
    package var answer: JSONValue = ["ok": true]

    /// Creates the settings of healthy tools.
    package init() {}
}

/// The tools of Oak Dental on this machine: `/find_slot` gives free times for a `day`, `/book_slot` books one, any other
/// path answers what the settings say.
///
/// Records every call and its idempotency key. Safe from every thread.
package final class FakeToolServer: Sendable {
    /// The calls that came.
    package let events = EventLog<ToolServerCall>()
    private let settingsBox: Mutex<ToolServerSettings>
    private let keys = Mutex<Set<String>>([])
    private let server = Mutex<HTTPServer?>(nil)

    private init(settings: ToolServerSettings) {
        self.settingsBox = Mutex(settings)
    }

    /// Starts on a port of the loopback; port 0 takes a free one.
    ///
    /// Throws when the port cannot be bound.
    package static func start(
        on port: Int = 0,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        settings: ToolServerSettings = ToolServerSettings()
    ) async throws -> FakeToolServer {
        let tools = FakeToolServer(settings: settings)
        let server = try await HTTPServer.start(
            on: .tcp(host: "127.0.0.1", port: port),
            group: group,
            limits: HTTPServerLimits()
        ) { request, responder in
            tools.answer(request, responder)
        }
        tools.server.withLock { $0 = server }
        return tools
    }

    /// The port it listens on.
    package var port: Int { self.server.withLock { $0?.port } ?? 0 }

    /// The URL tools are pointed at, with a path such as `/find_slot` behind it.
    package var url: String { "http://127.0.0.1:\(self.port)" }

    /// The calls recorded, oldest first.
    package var calls: [ToolServerCall] { self.events.all.map(\.event) }

    /// Changes the settings for calls to come.
    package func update(_ change: (inout ToolServerSettings) -> Void) {
        self.settingsBox.withLock { change(&$0) }
    }

    /// Cuts all connections and stops listening.
    package func stop() async {
        await self.server.withLock { $0 }?.close()
    }

    private func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let settings = self.settingsBox.withLock { $0 }
        let body = (try? JSONValue.parse(Array(request.body.readableBytesView))) ?? .null
        let key = request.headers.first(name: "idempotency-key")
        let isRepeated = key.map { key in !self.keys.withLock { $0.insert(key).inserted } } ?? false
        var headers: [String: String] = [:]
        for (name, value) in request.headers { headers[name.lowercased()] = value }
        self.events.record(
            ToolServerCall(
                target: request.method + " " + request.target,
                headers: headers,
                body: body,
                idempotencyKey: key,
                isRepeated: isRepeated
            )
        )
        if settings.hangs { return responder.onDisconnect = { withExtendedLifetime(responder) {} } }
        let answer = self.answer(to: request, body, settings)
        let wait = TimeAmount.milliseconds(Int64(settings.latency))
        let timer = responder.eventLoop.assumeIsolated().scheduleTask(in: wait) {
            responder.reply(
                status: settings.status,
                headers: [("content-type", "application/json")],
                body: settings.status == 200 ? answer.serialized() : #"{"error":"the tool is out of order"}"#
            )
        }
        responder.onDisconnect = { timer.cancel() }
    }

    private func answer(to request: HTTPRequest, _ body: JSONValue, _ settings: ToolServerSettings) -> JSONValue {
        let day = body["day"] ?? self.query(request, "day") ?? "Monday"
        switch request.path {
        case "/find_slot": return ["day": day, "slots": .array(settings.slots.map { .string($0) })]
        case "/book_slot": return ["day": day, "booked": true]
        default: return settings.answer
        }
    }

    private func query(_ request: HTTPRequest, _ name: String) -> JSONValue? {
        for pair in (request.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return .string(String(parts[1])) }
        }
        return nil
    }
}
