/// Tells how much silence belongs before a frame, from the timestamps that frames carry.
///
/// Twilio sends nothing while the far end is silent, and its timestamps jitter by some milliseconds and drift against the
/// byte count (Twilio Media Streams, "media" message). Jitter and drift must not insert silence; real gaps must, or a
/// transcriber that only sees arrivals would never hear the caller stop.
package struct AudioGapFiller: Sendable {
    /// Timestamps less than this ahead of the audio are jitter.
    package static let toleranceMilliseconds = 60

    /// No more silence than this is inserted at once.
    package static let maximumGapMilliseconds = 10_000

    /// Timestamps above this (some 34 years) are not believed.
    private static let maximumTimestamp = 1 << 40

    /// How fast drift is forgiven: bytes a frame, 0.125 ms in 20.
    private static let driftBytesPerFrame = 1

    /// The stream position, in bytes at 8 bytes a millisecond, at which the next frame is due; nil before the first.
    private var duePosition: Int?

    /// A filler for one stream, at its beginning.
    package init() {}

    /// How many bytes of silence to insert before this frame; 0 for the first one.
    ///
    /// Timestamps that run backwards, are negative or beyond belief insert nothing.
    package mutating func silenceBytes(beforeFrameAt timestampMilliseconds: Int, frameBytes: Int) -> Int {
        guard (0...Self.maximumTimestamp).contains(timestampMilliseconds) else {
            duePosition? += frameBytes
            return 0
        }
        let position = timestampMilliseconds * MuLaw.bytesPerMillisecond
        guard let due = duePosition else {
            duePosition = position + frameBytes
            return 0
        }
        let lead = position - due
        if lead < Self.toleranceMilliseconds * MuLaw.bytesPerMillisecond {
            // An early frame sets the pace at once, a late one slowly: that forgives drift either way.
            duePosition = due + min(lead, Self.driftBytesPerFrame) + frameBytes
            return 0
        }
        duePosition = position + frameBytes
        return min(lead, Self.maximumGapMilliseconds * MuLaw.bytesPerMillisecond)
    }

    /// Counts silence that was inserted for another reason, such as a watchdog, while no frame came.
    package mutating func silenceInserted(bytes: Int) {
        duePosition? += bytes
    }
}
