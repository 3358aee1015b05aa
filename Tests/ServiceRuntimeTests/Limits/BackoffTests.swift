import NIOCore
import ServiceRuntime
import Testing

@Suite struct BackoffTests {
    /// Gives the same bits for ever: 1 draws the shortest wait, all ones the longest (0 would be drawn again for ever).
    private struct Constant: RandomNumberGenerator {
        var bits: UInt64
        mutating func next() -> UInt64 { bits }
    }

    @Test func `ceilings double from the first to the cap`() {
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
        var generator = SystemRandomNumberGenerator()
        var ceilings: [Int64] = []
        for _ in 0..<7 {
            ceilings.append(backoff.ceiling.nanoseconds / 1_000_000)
            _ = backoff.next(using: &generator)
        }
        #expect(ceilings == [100, 200, 400, 800, 1_000, 1_000, 1_000])
        #expect(backoff.attempts == 7)
        backoff.reset()
        #expect(backoff.ceiling == .milliseconds(100))
    }

    @Test func `jitter is full: from the shortest wait to the ceiling`() {
        var lowest = Constant(bits: 1)
        var highest = Constant(bits: .max)
        var low = Backoff(initial: .milliseconds(100), maximum: .seconds(1), minimum: .milliseconds(10))
        var high = low
        #expect(low.next(using: &lowest) == .milliseconds(10))
        #expect(low.next(using: &lowest) == .milliseconds(10))
        #expect(high.next(using: &highest) == .milliseconds(100))
        #expect(high.next(using: &highest) == .milliseconds(200))
    }

    @Test func `waits stay within bounds and never overflow`() {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(initial: .seconds(3), maximum: .hours(1))
        for _ in 0..<200 {
            let ceiling = backoff.ceiling
            let wait = backoff.next(using: &generator)
            #expect(wait >= .zero && wait <= ceiling && ceiling <= .hours(1))
        }
    }

    @Test func `senseless bounds are made sensible`() {
        var generator = Constant(bits: .max)
        var backoff = Backoff(initial: .seconds(-1), maximum: .zero, minimum: .seconds(5))
        #expect(backoff.next(using: &generator) == .nanoseconds(1))
    }
}
