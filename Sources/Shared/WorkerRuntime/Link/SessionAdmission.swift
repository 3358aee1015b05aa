internal import Observability
internal import Synchronization

/// How many sessions the worker has, over all links and loops, and whether it takes more.
final class SessionAdmission: Sendable {
    private struct State {
        var sessions = 0
        var isDraining = false
        var waiters: [AsyncStream<Never>.Continuation] = []
    }

    /// The most sessions at once.
    let capacity: Int

    private let state = Mutex(State())
    private let metrics: WorkerMetrics

    /// No sessions yet.
    init(capacity: Int, metrics: WorkerMetrics) {
        self.capacity = capacity
        self.metrics = metrics
    }

    /// Sessions open now.
    var sessions: Int { state.withLock { $0.sessions } }

    /// Whether no more sessions are taken.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Takes a slot for a session; ``leave()`` gives it back.
    ///
    /// - Returns: why not, or `nil` if there is one.
    func enter() -> WorkerMetrics.Refusal? {
        state.withLock { state in
            if state.isDraining { return .draining }
            guard state.sessions < capacity else { return .capacity }
            state.sessions += 1
            metrics.sessions.set(state.sessions)
            return nil
        }
    }

    /// Gives a session's slot back.
    func leave() {
        let waiters = state.withLock { state -> [AsyncStream<Never>.Continuation] in
            state.sessions -= 1
            metrics.sessions.set(state.sessions)
            return state.sessions == 0 ? Self.take(&state.waiters) : []
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Takes no more sessions from now on.
    func beginDraining() {
        state.withLock { $0.isDraining = true }
    }

    /// Returns when there is no session, or when the task is cancelled.
    func waitUntilEmpty() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let isEmpty = state.withLock { state in
            if state.sessions > 0 { state.waiters.append(continuation) }
            return state.sessions == 0
        }
        if isEmpty { return }
        for await _ in stream {}
    }

    private static func take<Element>(_ array: inout [Element]) -> [Element] {
        defer { array = [] }
        return array
    }
}
