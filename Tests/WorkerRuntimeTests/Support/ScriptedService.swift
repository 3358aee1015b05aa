import JSONText
import Logging
import NIOCore
import Observability
import Synchronization
import WorkerProtocol

@testable import WorkerRuntime

/// A worker whose sessions do what the gateway's control messages tell them, and remember what they got.
final class ScriptedService: WorkerService {
    let role = WorkerRole.stt
    private struct Log {
        var events: [String] = []
        var waiters: [(event: String, continuation: AsyncStream<Never>.Continuation)] = []
    }

    private let log = Mutex(Log())
    private let failsToStart: Bool

    init(failsToStart: Bool = false) {
        self.failsToStart = failsToStart
    }

    /// What happened, in order, as words: the event, the session, what came.
    var events: [String] { log.withLock { $0.events } }

    /// Returns when this has happened.
    func happened(_ event: String) async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        log.withLock { log in
            if log.events.contains(event) { continuation.finish() } else { log.waiters.append((event, continuation)) }
        }
        for await _ in stream {}
    }

    func note(_ event: String) {
        log.withLock { log in
            log.events.append(event)
            for waiter in log.waiters where waiter.event == event { waiter.continuation.finish() }
        }
    }

    func start(on group: any EventLoopGroup, metrics: MetricsRegistry, logger: Logger) async throws {
        struct Broken: Error {}
        note("start")
        if failsToStart { throw Broken() }
    }

    func stop() async { note("stop") }

    func openSession(control open: JSONValue, outbox: SessionOutbox) throws(WorkerFailure) -> any WorkerSession {
        note("open \(outbox.session)")
        if open["refuse"] == true { throw WorkerFailure(.rejected, isPermanent: true, detail: "no such model") }
        let session = ScriptedSession(service: self, outbox: outbox)
        if let first = open["first"] { session.receive(control: first) }
        return session
    }
}

/// A session of ``ScriptedService``.
final class ScriptedSession: WorkerSession {
    private let service: ScriptedService
    private let outbox: SessionOutbox

    init(service: ScriptedService, outbox: SessionOutbox) {
        self.service = service
        self.outbox = outbox
    }

    func receive(control: JSONValue) {
        let type = control["type"]?.stringValue ?? ""
        service.note("control \(outbox.session) \(type)")
        switch type {
        case "say": outbox.send(text: control["text"]?.stringValue ?? "")
        case "repeat":
            outbox.send(text: "." + String(repeating: control["text"]?.stringValue ?? "", count: count(control)))
        case "play":
            outbox.send(audio: ByteBuffer(repeating: UInt8(control["byte"]?.intValue ?? 1), count: count(control)))
        case "tell": outbox.send(control: ["type": "told", "number": control["number"] ?? .null])
        case "large":
            outbox.send(control: ["type": "told", "text": .string(String(repeating: "x", count: count(control)))])
        case "close":
            outbox.send(SessionMessage.closed)
            outbox.finish()
        default: break
        }
    }

    private func count(_ control: JSONValue) -> Int { control["count"]?.intValue ?? 160 }

    func receive(audio: ByteBuffer) { service.note("audio \(outbox.session) \(audio.readableBytes)") }

    func receive(text: ByteBuffer) { service.note("text \(outbox.session) \(String(buffer: text))") }

    func linkClosed() { service.note("closed \(outbox.session)") }

    func drain() { service.note("drain \(outbox.session)") }

    func linkBecameWritable() { service.note("writable \(outbox.session)") }
}
