internal import NIOCore

/// What a process does beside its service while it runs: watchdog pings and the status line.
struct Housekeeping: Sendable {
    /// How often the status line is looked at, when no watchdog asks for more.
    private static let statusInterval = TimeAmount.seconds(1)

    let context: ServiceContext
    let service: any RunningService

    /// Runs until the task is cancelled; returns at once if no service manager listens.
    func run() async {
        guard context.notifier.isEnabled else { return }
        let watchdogInterval = Watchdog.interval(environment: context.environment)
        let watchdog = watchdogInterval.map { _ in Watchdog(eventLoops: Array(context.group.makeIterator())) }
        // Four ticks an interval: a ping needs an answer to the tick before, and one may be late.
        let tick = min(
            watchdogInterval.map { .nanoseconds($0.nanoseconds / 4) } ?? Self.statusInterval,
            Self.statusInterval
        )
        while !Task.isCancelled {
            if let watchdog, watchdog.tick() { context.notifier.watchdog() }
            let missing = context.readiness.missing.filter { $0 != ServiceProcess.readinessPart }
            let suffix = missing.isEmpty ? "" : " (not ready: " + missing.joined(separator: ", ") + ")"
            context.notifier.status(service.status + suffix)
            try? await Task.sleep(for: .nanoseconds(tick.nanoseconds))
        }
    }
}
