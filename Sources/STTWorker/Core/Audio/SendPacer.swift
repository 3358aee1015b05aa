/// Keeps what is sent to the provider near real time when there is a backlog.
///
/// Deepgram listen v1, recovering from connection errors: audio faster than 1.25 times real time may be refused; this
/// sends at most 1.2 times. Pauses earn credit of up to 500 ms, so that the jitter of a live call adds no delay.
package struct SendPacer: Sendable {
    /// 1.2 times 8 bytes per millisecond.
    static let bytesPerMillisecond = 9.6
    /// 500 ms of audio.
    static let maximumCredit = 4000.0

    private var credit: Double
    private var updatedAt: Int64

    /// Creates a pacer for a connection that opened at `now` and may send `initialBytes` at once.
    package init(initialBytes: Int, at now: Int64) {
        credit = Double(initialBytes)
        updatedAt = now
    }

    /// The milliseconds to wait before `count` bytes may be sent; zero if they may be sent now.
    package mutating func delay(for count: Int, at now: Int64) -> Int64 {
        update(now)
        let missing = Double(count) - credit
        return missing <= 0 ? 0 : Int64((missing / Self.bytesPerMillisecond).rounded(.up))
    }

    /// Notes that `count` bytes were sent.
    package mutating func spend(_ count: Int, at now: Int64) {
        update(now)
        credit -= Double(count)
    }

    private mutating func update(_ now: Int64) {
        guard now > updatedAt else { return }
        credit = min(Self.maximumCredit, credit + Double(now - updatedAt) * Self.bytesPerMillisecond)
        updatedAt = now
    }
}
