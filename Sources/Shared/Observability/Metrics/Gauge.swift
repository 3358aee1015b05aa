internal import Synchronization

/// A number that rises and falls, such as open sessions.
///
/// Wait-free: any thread may change it.
package final class Gauge: Sendable {
    private let level = Atomic<Int64>(0)

    /// A gauge at zero, in no registry.
    ///
    /// Use ``MetricsRegistry/gauge(_:labels:help:)`` for one that is reported.
    package init() {}

    /// Replaces the value.
    ///
    /// The last writer wins.
    package func set(_ value: Int) {
        level.store(Int64(value), ordering: .relaxed)
    }

    /// Adds to the value; a negative amount lowers it.
    ///
    /// Wraps round at 2⁶³.
    package func add(_ amount: Int) {
        level.wrappingAdd(Int64(amount), ordering: .relaxed)
    }

    /// The value at this moment.
    ///
    /// Other threads may be changing it.
    package var value: Int64 { level.load(ordering: .relaxed) }
}
