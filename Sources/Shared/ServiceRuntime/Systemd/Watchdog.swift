internal import Glibc
package import NIOCore
package import Observability
internal import Synchronization

/// Finds out whether every event loop still turns.
///
/// A ping from a thread of its own would prove nothing. At each tick every loop that has answered is asked again; only
/// if all had answered may the manager be told that the process is alive.
package final class Watchdog: Sendable {
    private final class Beat: Sendable {
        let eventLoop: any EventLoop
        let isAnswered = Atomic(true)

        init(eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }
    }

    private let beats: [Beat]
    private let hasBegun = Atomic(false)

    /// Makes a watchdog of these loops; it does nothing between ticks.
    package init(eventLoops: some Sequence<any EventLoop>) {
        self.beats = eventLoops.map(Beat.init)
    }

    /// Asks every loop, and says whether all have answered since the last tick.
    ///
    /// The first tick only asks. Ticks must not overlap.
    package func tick() -> Bool {
        let allAnswered = beats.allSatisfy { $0.isAnswered.load(ordering: .acquiring) }
        for beat in beats where beat.isAnswered.exchange(false, ordering: .relaxed) {
            beat.eventLoop.execute { beat.isAnswered.store(true, ordering: .releasing) }
        }
        return hasBegun.exchange(true, ordering: .relaxed) && allAnswered
    }

    /// How often the manager wants to hear from this process, or `nil` if it does not.
    ///
    /// `WATCHDOG_USEC` counts only if `WATCHDOG_PID` is this process (sd_watchdog_enabled(3)).
    package static func interval(environment: Environment = .process) -> TimeAmount? {
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else {
            return nil
        }
        if let process = environment["WATCHDOG_PID"], process != String(getpid()) { return nil }
        return .microseconds(microseconds)
    }
}
