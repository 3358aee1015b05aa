/// A hashed timer wheel: all the timers of one event loop behind one wake-up.
///
/// A value without a clock: time comes in as milliseconds of any steady clock. Timers fire in the order of their ticks,
/// at the first tick that is not before their deadline; within a tick in the order they were set. Setting and
/// cancelling cost the same whatever the number of timers.
package struct TimerWheel<Payload> {
    /// Names one timer that was set; a handle of a timer that has fired or was cancelled is harmless.
    package struct Handle: Sendable, Hashable {
        fileprivate let index: Int
        fileprivate let serial: UInt32
    }

    /// A timer that has fired.
    package struct Fired {
        /// What it was named.
        package let handle: Handle

        /// What it was set with.
        package let payload: Payload
    }

    private struct Entry {
        var serial: UInt32 = 0
        var tick: Int64 = 0
        var payload: Payload?
    }

    /// Length of one tick, milliseconds.
    package let tickMilliseconds: Int64

    /// Timers that are set.
    package private(set) var count = 0

    private var slots: [[Handle]]
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var currentTick: Int64

    /// Makes an empty wheel.
    ///
    /// - Parameters:
    ///   - tickMilliseconds: at least 1.
    ///   - slotCount: ticks of one turn of the wheel; longer timers take several turns.
    ///   - now: milliseconds.
    package init(tickMilliseconds: Int64 = 10, slotCount: Int = 512, now: Int64) {
        self.tickMilliseconds = max(1, tickMilliseconds)
        slots = Array(repeating: [], count: max(1, slotCount))
        currentTick = now / self.tickMilliseconds
    }

    /// Sets a timer.
    ///
    /// - Parameters:
    ///   - deadline: milliseconds; a deadline that has passed fires at the next tick.
    ///   - payload: what ``advance(to:)`` hands back.
    /// - Returns: the name to cancel it by.
    package mutating func set(at deadline: Int64, _ payload: Payload) -> Handle {
        let tick = max(currentTick + 1, (deadline + tickMilliseconds - 1) / tickMilliseconds)
        let index: Int
        if let recycled = free.popLast() {
            index = recycled
        } else {
            index = entries.count
            entries.append(Entry())
        }
        entries[index].tick = tick
        entries[index].payload = payload
        count += 1
        let handle = Handle(index: index, serial: entries[index].serial)
        slots[slot(of: tick)].append(handle)
        return handle
    }

    /// Takes a timer back; nothing happens when it has fired already.
    package mutating func cancel(_ handle: Handle) {
        guard entries[handle.index].serial == handle.serial, entries[handle.index].payload != nil else { return }
        entries[handle.index].payload = nil
        count -= 1
    }

    /// Turns the wheel and takes out what is due.
    ///
    /// - Parameter now: milliseconds; after a long pause every tick in between is made up for, in order.
    /// - Returns: the timers that fired, in order; they cannot be cancelled here any more.
    package mutating func advance(to now: Int64) -> [Fired] {
        let target = now / tickMilliseconds
        guard target > currentTick else { return [] }
        var due: [(tick: Int64, fired: Fired)] = []
        let isWholeTurn = target - currentTick > Int64(slots.count)
        for step in 1...min(target - currentTick, Int64(slots.count)) {
            takeDue(slot: slot(of: currentTick + step), upTo: target, into: &due)
        }
        currentTick = target
        if isWholeTurn { due.sort { $0.tick < $1.tick } }
        return due.map(\.fired)
    }

    /// When the wheel must next be advanced, milliseconds: the first tick that may have a timer; nil when none is set.
    package func nextTick() -> Int64? {
        guard count > 0 else { return nil }
        for step in 1...Int64(slots.count) where !slots[slot(of: currentTick + step)].isEmpty {
            return (currentTick + step) * tickMilliseconds
        }
        return nil
    }

    private func slot(of tick: Int64) -> Int { Int(tick % Int64(slots.count)) }

    private mutating func takeDue(slot: Int, upTo target: Int64, into due: inout [(tick: Int64, fired: Fired)]) {
        guard !slots[slot].isEmpty else { return }
        var kept: [Handle] = []
        for handle in slots[slot] {
            let entry = entries[handle.index]
            if let payload = entry.payload {
                guard entry.tick <= target else {
                    kept.append(handle)
                    continue
                }
                due.append((entry.tick, Fired(handle: handle, payload: payload)))
                count -= 1
            }
            entries[handle.index].payload = nil
            entries[handle.index].serial &+= 1
            free.append(handle.index)
        }
        slots[slot] = kept
    }
}
