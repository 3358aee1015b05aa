import FoundationEssentials

/// The time of day.
package enum WallClock {
    /// Seconds since 1970-01-01 00:00:00 UTC, now.
    package static func secondsSinceEpoch() -> Int64 {
        Int64(Date().timeIntervalSince1970.rounded(.down))
    }
}
