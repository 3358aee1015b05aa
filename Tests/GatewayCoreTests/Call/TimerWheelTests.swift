import SeededTesting
import Testing

@testable import GatewayCore

@Suite struct TimerWheelTests {
    @Test func `A timer fires at the first tick not before its deadline`() {
        var wheel = TimerWheel<String>(tickMilliseconds: 10, slotCount: 8, now: 0)
        _ = wheel.set(at: 25, "a")
        #expect(wheel.nextTick() == 30)
        #expect(wheel.advance(to: 29).isEmpty)
        #expect(wheel.advance(to: 30).map(\.payload) == ["a"])
        #expect(wheel.nextTick() == nil)
        #expect(wheel.count == 0)
    }

    @Test func `A deadline that has passed fires at the next tick`() {
        var wheel = TimerWheel<String>(tickMilliseconds: 10, slotCount: 8, now: 1000)
        _ = wheel.set(at: 3, "late")
        #expect(wheel.advance(to: 1010).map(\.payload) == ["late"])
    }

    @Test func `Timers longer than one turn wait for their turn`() {
        var wheel = TimerWheel<String>(tickMilliseconds: 10, slotCount: 4, now: 0)
        _ = wheel.set(at: 130, "long")
        _ = wheel.set(at: 10, "short")
        var fired: [String] = []
        for now in stride(from: Int64(10), through: 120, by: 10) { fired += wheel.advance(to: now).map(\.payload) }
        #expect(fired == ["short"])
        #expect(wheel.advance(to: 130).map(\.payload) == ["long"])
    }

    @Test func `A cancelled timer does not fire and its handle is harmless for ever`() {
        var wheel = TimerWheel<String>(tickMilliseconds: 10, slotCount: 4, now: 0)
        let first = wheel.set(at: 10, "a")
        wheel.cancel(first)
        wheel.cancel(first)
        #expect(wheel.count == 0)
        #expect(wheel.advance(to: 10).isEmpty)
        _ = wheel.set(at: 20, "b")
        wheel.cancel(first)
        #expect(wheel.advance(to: 20).map(\.payload) == ["b"])
    }

    @Test func `After a pause everything due fires in order of time`() {
        var wheel = TimerWheel<Int>(tickMilliseconds: 10, slotCount: 4, now: 0)
        for tick in [9, 3, 12, 1, 7] { _ = wheel.set(at: Int64(tick * 10), tick) }
        #expect(wheel.advance(to: 100).map(\.payload) == [1, 3, 7, 9])
        #expect(wheel.advance(to: 1000).map(\.payload) == [12])
    }

    @Test(arguments: 0..<10)
    func `It agrees with a sorted list`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var wheel = TimerWheel<Int>(tickMilliseconds: 10, slotCount: 16, now: 0)
        var model: [Int: Int64] = [:]
        var handles: [Int: TimerWheel<Int>.Handle] = [:]
        var now: Int64 = 0
        for id in 0..<2000 {
            let deadline = now + Int64.random(in: 0...900, using: &generator)
            handles[id] = wheel.set(at: deadline, id)
            model[id] = deadline
            if Int.random(in: 0...3, using: &generator) == 0, let victim = model.keys.sorted().first {
                if let handle = handles[victim] { wheel.cancel(handle) }
                model[victim] = nil
            }
            now += Int64.random(in: 0...40, using: &generator)
            let previousTick = now / 10 * 10
            for fired in wheel.advance(to: now).map(\.payload) {
                #expect(model.removeValue(forKey: fired).map { $0 <= previousTick } == true)
            }
            #expect(model.values.allSatisfy { $0 > previousTick - 10 })
            #expect(wheel.count == model.count)
        }
    }
}
