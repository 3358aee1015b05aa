import NIOCore

/// An amount that may be spent in any 60 seconds.
struct RollingBudget {
    /// The length of the window.
    static let window: TimeAmount = .seconds(60)

    let limit: Int
    private var spent: [(time: NIODeadline, amount: Int)] = []
    private var total = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// What is left of the limit, as of the latest spending.
    var remaining: Int { self.limit - self.total }

    /// Spends `amount` at `now`; false, and nothing spent, when that would be more than the limit.
    mutating func spend(_ amount: Int, at now: NIODeadline) -> Bool {
        while let first = self.spent.first, now - first.time >= Self.window {
            self.total -= first.amount
            self.spent.removeFirst()
        }
        guard self.total + amount <= self.limit else { return false }
        self.spent.append((now, amount))
        self.total += amount
        return true
    }
}
