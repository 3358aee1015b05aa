internal import Synchronization

/// A number that only grows, such as frames received since the start of the process.
///
/// Wait-free: any thread may increment it.
package final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    /// A counter at zero, in no registry.
    ///
    /// Use ``MetricsRegistry/counter(_:labels:help:)`` for one that is reported.
    package init() {}

    /// Adds to the counter; negative amounts are ignored, since a counter never falls.
    ///
    /// Wraps round at 2⁶⁴.
    package func increment(by amount: Int = 1) {
        guard amount > 0 else { return }
        count.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// The count at this moment.
    ///
    /// Other threads may be adding to it.
    package var value: UInt64 { count.load(ordering: .relaxed) }
}
