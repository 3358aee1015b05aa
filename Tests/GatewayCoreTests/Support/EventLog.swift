import Synchronization

/// Everything that was seen, and a way to wait for what has not been seen yet.
final class EventLog<Event: Sendable>: Sendable {
    struct TimedOut: Error {
        let seen: [Event]
    }

    private struct Waiter {
        let id: Int
        let isWanted: @Sendable (Event) -> Bool
        let continuation: CheckedContinuation<(Int, Event)?, Never>
    }

    private struct State {
        var events: [Event] = []
        var waiters: [Waiter] = []
        var lastID = 0
    }

    private let state = Mutex(State())

    var all: [Event] { state.withLock(\.events) }

    func append(_ event: Event) {
        let woken = state.withLock { state -> [Waiter] in
            state.events.append(event)
            let woken = state.waiters.filter { $0.isWanted(event) }
            state.waiters.removeAll { waiter in woken.contains { $0.id == waiter.id } }
            return woken
        }
        let index = state.withLock { $0.events.count - 1 }
        for waiter in woken { waiter.continuation.resume(returning: (index, event)) }
    }

    /// The first event from `index` on that is wanted, waiting for it at most ten seconds.
    @discardableResult
    func first(from index: Int = 0, where isWanted: @escaping @Sendable (Event) -> Bool) async throws -> Event {
        try await find(from: index, where: isWanted).1
    }

    /// The same with where it was found.
    func find(
        from index: Int = 0,
        where isWanted: @escaping @Sendable (Event) -> Bool
    ) async throws -> (Int, Event) {
        let id = state.withLock { state -> Int in
            state.lastID += 1
            return state.lastID
        }
        let deadline = Task {
            try await Task.sleep(for: .seconds(10))
            let late = self.state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            late?.continuation.resume(returning: nil)
        }
        defer { deadline.cancel() }
        let found = await withCheckedContinuation { continuation in
            let known = state.withLock { state -> (Int, Event)? in
                if let position = state.events.indices.first(where: { $0 >= index && isWanted(state.events[$0]) }) {
                    return (position, state.events[position])
                }
                state.waiters.append(Waiter(id: id, isWanted: isWanted, continuation: continuation))
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
        guard let found else { throw TimedOut(seen: all) }
        return found
    }
}
