internal import DequeModule

/// A limit on an amount within a moving window of time, such as 15 flushes in any 60 s.
///
/// Times are milliseconds of one monotonic clock and never go back.
package struct RollingBudget: Sendable {
    /// The most that may be spent within one window.
    package let limit: Int
    /// The length of the window in milliseconds.
    package let windowMilliseconds: Int64

    private var spent: Deque<(at: Int64, amount: Int)> = []
    private var total = 0

    /// Creates an unspent budget.
    package init(limit: Int, windowMilliseconds: Int64 = 60_000) {
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
    }

    /// The milliseconds to wait until `amount` may be spent; zero if it may be spent now.
    ///
    /// An amount above the whole limit is treated as the limit: it waits for an empty window.
    package mutating func delay(for amount: Int, at now: Int64) -> Int64 {
        forget(before: now)
        var excess = total + min(amount, limit) - limit
        guard excess > 0 else { return 0 }
        for entry in spent {
            excess -= entry.amount
            if excess <= 0 { return entry.at + windowMilliseconds - now }
        }
        return windowMilliseconds
    }

    /// What may be spent now.
    package mutating func available(at now: Int64) -> Int {
        forget(before: now)
        return max(0, limit - total)
    }

    /// Notes that `amount` was spent.
    package mutating func spend(_ amount: Int, at now: Int64) {
        forget(before: now)
        total += amount
        spent.append((now, amount))
    }

    private mutating func forget(before now: Int64) {
        while let oldest = spent.first, oldest.at + windowMilliseconds <= now {
            total -= oldest.amount
            spent.removeFirst()
        }
    }
}
