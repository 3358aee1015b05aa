/// Which timers run, in the order of their start.
struct TimerTable: Sendable, Equatable {
    /// The running timers.
    private(set) var running: [TimerID] = []

    /// Whether a timer runs.
    func isRunning(_ id: TimerID) -> Bool { running.contains(id) }

    /// A timer was started or restarted.
    mutating func started(_ id: TimerID) {
        if !isRunning(id) { running.append(id) }
    }

    /// A timer was stopped or fired; false if it did not run.
    mutating func ended(_ id: TimerID) -> Bool {
        guard let index = running.firstIndex(of: id) else { return false }
        running.remove(at: index)
        return true
    }

    /// Forgets all timers.
    mutating func removeAll() {
        running = []
    }
}
