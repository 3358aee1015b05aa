import NIOCore

/// Measures whether audio comes faster than 1.25 times real time (Deepgram, recovering live streams).
struct Pacing {
    private var last: NIODeadline?
    private var surplusNanoseconds: Int64 = 0

    /// Takes audio of `milliseconds` that came at `now`; returns by how many milliseconds it is now ahead.
    mutating func received(milliseconds: Int, at now: NIODeadline) -> Int {
        if let last { self.surplusNanoseconds -= (now - last).nanoseconds / 4 * 5 }
        self.last = now
        self.surplusNanoseconds = max(0, self.surplusNanoseconds) + Int64(milliseconds) * 1_000_000
        return Int(self.surplusNanoseconds / 1_000_000)
    }
}
