internal import Synchronization

/// Counts of durations by size, in milliseconds.
///
/// Wait-free: any thread may record. A reader may see a duration in a bucket and not yet in the sum.
package final class Histogram: Sendable {
    /// Buckets that suit the latencies of a conversation: 1 ms to 10 s.
    package static let latencyBuckets: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 5_000, 10_000,
    ]

    /// The most buckets a histogram may have: recording walks them in order.
    package static let maximumBuckets = 64

    /// The upper bounds of the buckets in milliseconds, rising, each inclusive; the last bucket has none.
    package let bounds: [Double]

    private let counts: [Counter]
    private let microseconds = Atomic<UInt64>(0)

    /// An empty histogram, in no registry.
    ///
    /// Bounds are sorted, repeated and not finite ones are dropped, and no more than ``maximumBuckets`` are kept.
    package init(buckets: [Double] = Histogram.latencyBuckets) {
        var bounds: [Double] = []
        for bound in buckets.filter(\.isFinite).sorted() where bounds.last != bound {
            bounds.append(bound)
        }
        self.bounds = Array(bounds.prefix(Self.maximumBuckets))
        self.counts = (0...self.bounds.count).map { _ in Counter() }
    }

    /// Records one duration; one that is negative or not a number counts as zero.
    ///
    /// The sum is kept to the microsecond.
    package func record(milliseconds: Double) {
        let duration = milliseconds > 0 ? min(milliseconds, 1e12) : 0
        counts[bounds.firstIndex { duration <= $0 } ?? bounds.count].increment()
        microseconds.wrappingAdd(UInt64(duration * 1_000), ordering: .relaxed)
    }

    /// How many durations have been recorded.
    ///
    /// Other threads may be recording.
    package var count: UInt64 { counts.reduce(0) { $0 &+ $1.value } }

    /// The sum of the durations, in milliseconds.
    ///
    /// Other threads may be recording.
    package var sum: Double { Double(microseconds.load(ordering: .relaxed)) / 1_000 }

    /// How many durations fell into each bucket, the unbounded one last.
    ///
    /// Not cumulative; the Prometheus text adds them up.
    package var bucketCounts: [UInt64] { counts.map(\.value) }
}
