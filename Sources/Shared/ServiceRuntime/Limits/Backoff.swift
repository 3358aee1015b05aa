package import NIOCore

/// How long to wait before trying again: capped exponential growth with full jitter.
///
/// The wait is drawn evenly from zero to `initial · 2ⁿ`, at most `maximum`, so that many that failed together do not
/// come back together. The randomness comes from the caller, so that a test repeats.
package struct Backoff: Sendable, Equatable {
    /// The longest wait of the first try.
    package let initial: TimeAmount

    /// The longest wait of any try.
    package let maximum: TimeAmount

    /// The shortest wait of any try; keeps a draw near zero from hammering.
    package let minimum: TimeAmount

    /// How many waits have been drawn since the beginning or the last ``reset()``.
    package private(set) var attempts = 0

    /// Makes a backoff that has not waited yet.
    ///
    /// - Parameters:
    ///   - initial: the longest first wait, more than zero.
    ///   - maximum: the longest wait, at least `initial`.
    ///   - minimum: the shortest wait, at most `initial`.
    package init(
        initial: TimeAmount = .milliseconds(100),
        maximum: TimeAmount = .seconds(10),
        minimum: TimeAmount = .zero
    ) {
        self.initial = max(initial, .nanoseconds(1))
        self.maximum = max(maximum, self.initial)
        self.minimum = min(max(minimum, .zero), self.initial)
    }

    /// The longest that the next wait can be.
    package var ceiling: TimeAmount {
        let doublings = min(attempts, 62)
        let (nanoseconds, overflow) = initial.nanoseconds.multipliedReportingOverflow(by: Int64(1) << doublings)
        return overflow ? maximum : min(.nanoseconds(nanoseconds), maximum)
    }

    /// Draws the next wait.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> TimeAmount {
        let ceiling = ceiling
        attempts += 1
        return .nanoseconds(Int64.random(in: minimum.nanoseconds...ceiling.nanoseconds, using: &generator))
    }

    /// Begins again after a success.
    package mutating func reset() {
        attempts = 0
    }
}
