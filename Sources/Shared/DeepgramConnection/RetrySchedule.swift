package import WorkerProtocol

/// When to try again after a connection failed, and when to give up.
///
/// Waits are drawn evenly between zero and a ceiling that doubles from 250 ms to 5 s (full jitter), so that many calls
/// cut at one moment do not come back at one moment. Permanent failures are never tried again.
package struct RetrySchedule: Sendable, Equatable {
    /// Tries in a row before giving up.
    package static let maximumTries = 5
    /// The ceiling of the first wait in milliseconds.
    static let firstCeilingMilliseconds: Int64 = 250
    /// The highest ceiling in milliseconds.
    static let lastCeilingMilliseconds: Int64 = 5_000
    /// How long a connection must have lived for its end not to count with the failures before it.
    static let stableMilliseconds: Int64 = 10_000
    /// How long a streak of failures may last in milliseconds; more audio than that is not kept.
    static let maximumStreakMilliseconds: Int64 = 10_000

    private var failures = 0
    private var streakStartedAt: Int64 = 0

    /// The schedule of a new session.
    package init() {}

    /// Counts a failure and says when to try again.
    ///
    /// - Parameters:
    ///   - failure: what went wrong.
    ///   - uptime: how long the connection had been open, or 0 if it never was.
    ///   - now: the monotonic time in milliseconds.
    ///   - draw: a number evenly drawn from 0 to 1.
    /// - Returns: the wait before the next try in milliseconds, or nil to give up.
    package mutating func delay(
        after failure: WorkerFailure,
        uptime: Int64,
        at now: Int64,
        draw: Double
    ) -> Int64? {
        if uptime >= Self.stableMilliseconds { failures = 0 }
        if failures == 0 { streakStartedAt = now }
        failures += 1
        guard !failure.isPermanent, failures <= Self.maximumTries else { return nil }
        var ceiling = Self.firstCeilingMilliseconds
        for _ in 1..<failures { ceiling = min(ceiling * 2, Self.lastCeilingMilliseconds) }
        let jittered = Int64(Double(ceiling) * min(max(draw, 0), 1))
        let wait = max(jittered, Int64(failure.retryAfterMilliseconds ?? 0))
        guard now + wait - streakStartedAt <= Self.maximumStreakMilliseconds else { return nil }
        return wait
    }
}
