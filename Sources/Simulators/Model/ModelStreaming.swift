import HTTPServing
import JSONText
import NIOCore
import NIOHTTP1
import Synchronization

/// Streams the steps of one answer and records what becomes of it.
enum ModelStreaming {
    /// Sends the head and plays the steps; must be called on the responder's event loop.
    static func play<Settings>(
        _ steps: [StreamStep],
        headers: [(String, String)],
        ping: String,
        pingInterval: Int,
        startingAt start: NIODeadline,
        number: Int,
        responder: HTTPResponder,
        hub: ModelHub<Settings>
    ) {
        let eventLoop = responder.eventLoop
        responder.onDisconnect = nil
        let player = StreamPlayer(
            steps: steps,
            stream: responder.stream(status: 200, headers: headers),
            on: eventLoop,
            ping: ping,
            pingInterval: pingInterval
        ) { outcome in
            switch outcome {
            case .began: hub.events.record(.firstDelta(request: number))
            case .finished(let deltas):
                hub.ended(number)
                hub.events.record(.finished(request: number, deltas: deltas))
            case .cancelled(let deltas):
                hub.ended(number)
                hub.events.record(.cancelled(request: number, deltas: deltas))
            }
        }
        let bound = NIOLoopBound(player, eventLoop: eventLoop)
        hub.began(number) { bound.eventLoop.execute { bound.value.cut() } }
        player.start(at: start)
    }
}

/// Counts the requests of the last minute for the limit and the headers that tell it.
final class ModelRate: Sendable {
    private let budget: Mutex<RollingBudget>
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        self.budget = Mutex(RollingBudget(limit: limit))
    }

    /// Counts one request; false: it is beyond the limit.
    func take() -> Bool {
        self.budget.withLock { $0.spend(1, at: .now()) }
    }

    /// How many requests are left.
    var remaining: Int { self.budget.withLock { $0.remaining } }

    /// The headers `<prefix>-requests-{limit,remaining,reset}` and the like for tokens.
    func headers(prefix: String) -> [(String, String)] {
        let reset = WallClock.timestamp(unixMilliseconds: WallClock.unixMilliseconds() + 60_000, fraction: false)
        let remaining = self.remaining
        return [
            ("requests", self.limit, remaining), ("tokens", 2_000_000, 2_000_000 - (self.limit - remaining) * 1000),
        ]
        .flatMap { name, limit, left in
            [
                ("\(prefix)-\(name)-limit", String(limit)), ("\(prefix)-\(name)-remaining", String(max(0, left))),
                ("\(prefix)-\(name)-reset", reset),
            ]
        }
    }
}

extension ModelRequest {
    private static let credentials: Set<String> = ["authorization", "x-api-key", "cookie"]

    /// Remembers an HTTP request without its credentials.
    init(number: Int, request: HTTPRequest, body: JSONValue) {
        var headers: [String: String] = [:]
        for (name, value) in request.headers where !Self.credentials.contains(name.lowercased()) {
            headers[name.lowercased()] = value
        }
        self.init(
            number: number,
            arrival: .now(),
            target: request.method + " " + request.target,
            headers: headers,
            body: body,
            reply: nil
        )
    }
}
