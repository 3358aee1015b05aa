import TTSWorkerCore
import Testing

@Suite struct RollingBudgetTests {
    @Test func theLimitMayBeSpentAndNotMore() {
        var budget = RollingBudget(limit: 15)
        for second in 0..<15 {
            #expect(budget.delay(for: 1, at: Int64(second) * 1_000) == 0)
            budget.spend(1, at: Int64(second) * 1_000)
        }
        #expect(budget.available(at: 14_000) == 0)
        #expect(budget.delay(for: 1, at: 14_000) == 46_000)
        #expect(budget.delay(for: 2, at: 14_000) == 47_000)
        #expect(budget.delay(for: 1, at: 59_999) == 1)
        #expect(budget.delay(for: 1, at: 60_000) == 0)
        #expect(budget.available(at: 60_000) == 1)
    }

    @Test func anAmountAboveTheLimitWaitsForAnEmptyWindow() {
        var budget = RollingBudget(limit: 100)
        #expect(budget.delay(for: 1_000, at: 0) == 0)
        budget.spend(1, at: 0)
        #expect(budget.delay(for: 1_000, at: 0) == 60_000)
        #expect(budget.delay(for: 1_000, at: 60_000) == 0)
    }

    @Test func inNoWindowMoreThanTheLimitIsSpent() {
        var budget = RollingBudget(limit: 50, windowMilliseconds: 1_000)
        var generator = SystemRandomNumberGenerator()
        var spent: [(at: Int64, amount: Int)] = []
        var now: Int64 = 0
        for _ in 0..<2_000 {
            now += Int64.random(in: 0...60, using: &generator)
            let amount = Int.random(in: 1...20, using: &generator)
            now += budget.delay(for: amount, at: now)
            #expect(budget.delay(for: amount, at: now) == 0)
            budget.spend(amount, at: now)
            spent.append((now, amount))
            let window = spent.suffix(200).filter { $0.at > now - 1_000 }
            #expect(window.reduce(0) { $0 + $1.amount } <= 50)
        }
    }
}
