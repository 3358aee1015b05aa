package import NIOCore
import Synchronization

/// One thing a simulator saw or did, with the monotonic time at which it happened.
package struct Recorded<Event: Sendable>: Sendable {
    /// Position in the log, counted from 0 over the whole life of the simulator.
    package let sequence: Int
    /// Monotonic time of the record (the clock of `NIODeadline.now()`).
    package let time: NIODeadline
    /// What happened.
    package let event: Event

    /// The time in milliseconds of the monotonic clock.
    package var milliseconds: Double { Double(self.time.uptimeNanoseconds) / 1_000_000 }
}

/// The error of a wait that saw no matching event in time.
package struct EventLogTimeout: Error, Equatable, CustomStringConvertible {
    /// What was waited for.
    package let description: String

    /// Creates the error of a wait for `description`.
    package init(description: String) {
        self.description = description
    }
}

/// A bounded, awaitable record of what a simulator saw, for tests and measurements.
///
/// Safe from every thread. At `capacity` the older half is dropped and counted in `dropped`; sequence numbers go on.
/// Predicates run under the log's lock and must not call the log.
package final class EventLog<Event: Sendable>: Sendable {
    /// The default bound, in events.
    package static var defaultCapacity: Int { 20_000 }

    private struct Waiter {
        let matches: @Sendable (Event) -> Bool
        let continuation: CheckedContinuation<Recorded<Event>, any Error>
    }

    private struct State {
        var events: [Recorded<Event>] = []
        var next = 0
        var dropped = 0
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
        /// Waits that ended before they were enrolled.
        var endedEarly: [Int: any Error] = [:]
        var streams: [Int: AsyncStream<Recorded<Event>>.Continuation] = [:]
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// Creates an empty log that keeps at most `capacity` events (at least 2).
    package init(capacity: Int = EventLog.defaultCapacity) {
        self.capacity = max(2, capacity)
    }

    /// Appends one event and wakes whoever waited for it.
    package func record(_ event: Event, at time: NIODeadline = .now()) {
        let (recorded, waiters, streams) = self.state.withLock { state in
            let recorded = Recorded(sequence: state.next, time: time, event: event)
            state.next += 1
            if state.events.count >= self.capacity {
                let excess = self.capacity / 2
                state.events.removeFirst(excess)
                state.dropped += excess
            }
            state.events.append(recorded)
            let woken = state.waiters.filter { $0.value.matches(event) }
            for key in woken.keys { state.waiters[key] = nil }
            return (recorded, Array(woken.values), Array(state.streams.values))
        }
        for waiter in waiters { waiter.continuation.resume(returning: recorded) }
        for stream in streams { stream.yield(recorded) }
    }

    /// Everything still kept, oldest first.
    package var all: [Recorded<Event>] { self.state.withLock { $0.events } }

    /// How many events were dropped because the log was full.
    package var dropped: Int { self.state.withLock { $0.dropped } }

    /// The sequence number the next event will get; pass it to `waitFor` to ignore what went before.
    package var next: Int { self.state.withLock { $0.next } }

    /// Waits for an event that satisfies `predicate`, one recorded earlier included.
    ///
    /// Events before sequence number `from` are not looked at. Throws `EventLogTimeout` when none came within `deadline`,
    /// and `CancellationError` when the task is cancelled.
    package func waitFor(
        _ description: String,
        from: Int = 0,
        deadline: Duration = .seconds(10),
        where predicate: @escaping @Sendable (Event) -> Bool
    ) async throws -> Recorded<Event> {
        let id = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let timer = Task {
            try await Task.sleep(for: deadline)
            self.giveUp(id, EventLogTimeout(description: description))
        }
        defer {
            timer.cancel()
            self.state.withLock { _ = $0.endedEarly.removeValue(forKey: id) }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.enroll(id, from: from, Waiter(matches: predicate, continuation: continuation))
            }
        } onCancel: {
            self.giveUp(id, CancellationError())
        }
    }

    /// A live sequence of the events recorded from now on.
    ///
    /// A reader that falls more than `capacity` events behind loses the oldest ones. Ends only with its reader's task.
    package func stream() -> AsyncStream<Recorded<Event>> {
        AsyncStream(bufferingPolicy: .bufferingNewest(self.capacity)) { continuation in
            let id = self.state.withLock { state in
                state.nextWaiter += 1
                state.streams[state.nextWaiter] = continuation
                return state.nextWaiter
            }
            continuation.onTermination = { _ in
                self.state.withLock { _ = $0.streams.removeValue(forKey: id) }
            }
        }
    }

    private func enroll(_ id: Int, from: Int, _ waiter: Waiter) {
        let outcome: Result<Recorded<Event>, any Error>? = self.state.withLock { state in
            if let early = state.events.first(where: { $0.sequence >= from && waiter.matches($0.event) }) {
                return .success(early)
            }
            if let error = state.endedEarly.removeValue(forKey: id) { return .failure(error) }
            state.waiters[id] = waiter
            return nil
        }
        if let outcome { waiter.continuation.resume(with: outcome) }
    }

    private func giveUp(_ id: Int, _ error: any Error) {
        let waiter = self.state.withLock { state in
            let waiter = state.waiters.removeValue(forKey: id)
            if waiter == nil { state.endedEarly[id] = error }
            return waiter
        }
        waiter?.continuation.resume(throwing: error)
    }
}
