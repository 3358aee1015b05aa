import DequeModule
package import NIOCore

/// The timers of one event loop: one ``TimerWheel``, woken on an absolute schedule and only while a timer is set.
///
/// Loop-bound. A tick that comes late does not delay the next one.
package final class LoopTimers {
    /// Names one timer.
    package typealias Handle = TimerWheel<() -> Void>.Handle

    /// The loop everything here runs on.
    package let eventLoop: any EventLoop

    private var wheel: TimerWheel<() -> Void>
    private let origin: NIODeadline
    private var wakeUp: Scheduled<Void>?
    private var armedTick = Int64.max
    /// Timers that are due but have not been called yet: one before them may cancel them.
    private var due: Deque<TimerWheel<() -> Void>.Fired> = []
    private var isStopped = false

    /// Makes the timers of a loop; must be called on it.
    package init(eventLoop: any EventLoop, tickMilliseconds: Int64 = 10) {
        self.eventLoop = eventLoop
        origin = eventLoop.now
        wheel = TimerWheel(tickMilliseconds: tickMilliseconds, now: 0)
    }

    /// Milliseconds since these timers were made, on the loop's clock.
    package var now: Int64 { (eventLoop.now - origin).nanoseconds / 1_000_000 }

    /// Calls `body` once, `milliseconds` from now at the earliest.
    @discardableResult
    package func set(milliseconds: Int64, _ body: @escaping () -> Void) -> Handle {
        set(at: now + max(0, milliseconds), body)
    }

    /// Calls `body` once, not before ``now`` has reached `deadline`.
    @discardableResult
    package func set(at deadline: Int64, _ body: @escaping () -> Void) -> Handle {
        if wheel.count == 0 { _ = wheel.advance(to: now) }
        let handle = wheel.set(at: deadline, body)
        arm()
        return handle
    }

    /// Takes a timer back, even when it is due at the same time as the one that is being called.
    package func cancel(_ handle: Handle?) {
        guard let handle else { return }
        wheel.cancel(handle)
        due.removeAll { $0.handle == handle }
    }

    /// Fires nothing any more.
    package func stop() {
        isStopped = true
        wakeUp?.cancel()
        wakeUp = nil
    }

    private func arm() {
        guard !isStopped, let tick = wheel.nextTick(), tick < armedTick else { return }
        wakeUp?.cancel()
        armedTick = tick
        wakeUp = eventLoop.assumeIsolated().scheduleTask(deadline: origin + .milliseconds(tick)) { [weak self] in
            self?.fire()
        }
    }

    private func fire() {
        wakeUp = nil
        armedTick = .max
        due.append(contentsOf: wheel.advance(to: now))
        while !isStopped, let next = due.popFirst() { next.payload() }
        due.removeAll()
        arm()
    }
}
