package import NIOCore

/// The timers of one session by name, all on its event loop; cancelled in one place.
///
/// Setting a timer that is set replaces it. Loop-bound.
package final class TimerTable<Name: Hashable> {
    private let eventLoop: any EventLoop
    private let fired: (Name) -> Void
    private var timers: [Name: Scheduled<Void>] = [:]

    /// Makes an empty table.
    ///
    /// - Parameters:
    ///   - eventLoop: where timers fire.
    ///   - fired: called with the name of a timer that ran out; not retained beyond ``cancelAll()`` of set timers.
    package init(eventLoop: any EventLoop, fired: @escaping (Name) -> Void) {
        self.eventLoop = eventLoop
        self.fired = fired
    }

    /// The loop's time in milliseconds.
    package var now: Int64 { Int64(eventLoop.now.uptimeNanoseconds / 1_000_000) }

    /// Whether nothing is set.
    package var isEmpty: Bool { timers.isEmpty }

    /// Sets a timer.
    ///
    /// A negative time counts as zero; the timer never fires from within this call.
    package func set(_ name: Name, milliseconds: Int64) {
        timers[name]?.cancel()
        timers[name] = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(max(0, milliseconds))) { [weak self] in
            guard let self, self.timers.removeValue(forKey: name) != nil else { return }
            self.fired(name)
        }
    }

    /// Cancels a timer if it is set.
    ///
    /// Its callback does not come any more.
    package func cancel(_ name: Name) {
        timers.removeValue(forKey: name)?.cancel()
    }

    /// Cancels all timers.
    ///
    /// The end of the session.
    package func cancelAll() {
        for timer in timers.values { timer.cancel() }
        timers = [:]
    }
}
