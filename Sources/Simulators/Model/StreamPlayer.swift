import HTTPServing
import NIOCore

/// Sends the steps of one answer at their times and notices when the client goes away.
///
/// Lives on its connection's event loop and keeps itself alive until the answer has ended.
final class StreamPlayer {
    private let eventLoop: any EventLoop
    private let stream: HTTPBodyStream
    private let ping: String
    private let pingInterval: Int
    private let report: (Outcome) -> Void
    private var steps: ArraySlice<StreamStep>
    private var due = NIODeadline.now()
    private var timer: Scheduled<Void>?
    private var sentDeltas = 0
    private var isOver = false

    /// What became of the answer.
    enum Outcome: Equatable {
        /// The first delta was sent.
        case began
        /// Everything was sent; the number of deltas.
        case finished(Int)
        /// The client went away; the number of deltas until then.
        case cancelled(Int)
    }

    init(
        steps: [StreamStep],
        stream: HTTPBodyStream,
        on eventLoop: any EventLoop,
        ping: String,
        pingInterval: Int,
        report: @escaping (Outcome) -> Void
    ) {
        self.steps = steps[...]
        self.stream = stream
        self.eventLoop = eventLoop
        self.ping = ping
        self.pingInterval = max(1, pingInterval)
        self.report = report
    }

    /// Begins; `start` is the time the first step's wait counts from.
    func start(at start: NIODeadline) {
        self.due = start
        self.stream.onDisconnect = { self.disconnected() }
        self.advance()
    }

    /// Cuts the connection.
    func cut() {
        guard !self.isOver else { return }
        self.end(.cancelled(self.sentDeltas))
        self.stream.abort()
    }

    private func advance() {
        self.timer = nil
        while !self.isOver, let step = self.steps.first {
            if step.action == .stall { return }
            let time = self.due + .microseconds(Int64(step.wait))
            let ping = self.due + .milliseconds(Int64(self.pingInterval))
            guard time <= .now() else { return self.wait(for: time, pingAt: ping) }
            self.due = time
            self.steps.removeFirst()
            self.perform(step)
        }
    }

    private func wait(for time: NIODeadline, pingAt ping: NIODeadline) {
        guard ping < time else {
            self.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.advance() }
            return
        }
        self.timer = self.eventLoop.assumeIsolated().scheduleTask(deadline: ping) {
            guard !self.isOver, var next = self.steps.first else { return }
            self.stream.write(self.ping)
            next.wait -= self.pingInterval * 1000
            self.steps[self.steps.startIndex] = next
            self.due = ping
            self.advance()
        }
    }

    private func perform(_ step: StreamStep) {
        switch step.action {
        case .send(let text):
            self.stream.write(text)
            if self.sentDeltas == 0, step.deltas > 0 { self.report(.began) }
            self.sentDeltas = step.deltas
        case .finish:
            self.end(.finished(self.sentDeltas))
            self.stream.finish()
        case .cut:
            self.end(.finished(self.sentDeltas))
            self.stream.abort()
        case .stall:
            break
        }
    }

    private func disconnected() {
        guard !self.isOver else { return }
        self.end(.cancelled(self.sentDeltas))
    }

    private func end(_ outcome: Outcome) {
        self.isOver = true
        self.timer?.cancel()
        self.timer = nil
        self.steps = []
        self.stream.onDisconnect = nil
        self.report(outcome)
    }
}
