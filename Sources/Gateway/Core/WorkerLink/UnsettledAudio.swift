/// The caller's audio that no settled transcript covers yet, kept for replay to another transcription session.
///
/// Bounded: the oldest goes first. 8 bytes are one millisecond.
package struct UnsettledAudio: Sendable {
    /// Audio kept at most, milliseconds.
    package static let maximumMilliseconds = 10_000

    /// Audio kept while nobody speaks, milliseconds: the beginning of a word the detector has not noticed yet.
    package static let quietMilliseconds = 1_000

    /// Audio kept after a settled transcript, milliseconds: what arrived while its result was under way.
    package static let tailMilliseconds = 300

    private static let bytesPerMillisecond = 8
    private static let slackBytes = 8_000

    private var bytes: [UInt8] = []

    /// Nothing kept.
    package init() {}

    /// Bytes kept.
    package var count: Int { min(bytes.count, Self.maximumMilliseconds * Self.bytesPerMillisecond) }

    /// Keeps audio that was heard.
    package mutating func append(_ audio: [UInt8]) {
        bytes.append(contentsOf: audio)
        // Cut in steps, so that the rest is not moved for every frame.
        if bytes.count > Self.maximumMilliseconds * Self.bytesPerMillisecond + Self.slackBytes {
            keepLast(Self.maximumMilliseconds)
        }
    }

    /// A settled transcript came: only the latest audio may hold words it does not cover.
    package mutating func settled() {
        keepLast(Self.tailMilliseconds)
    }

    /// Nobody speaks and no transcript is open.
    package mutating func quiet() {
        guard bytes.count > Self.quietMilliseconds * Self.bytesPerMillisecond + Self.slackBytes else { return }
        keepLast(Self.quietMilliseconds)
    }

    /// What is to be replayed.
    package var audio: ArraySlice<UInt8> { bytes.suffix(Self.maximumMilliseconds * Self.bytesPerMillisecond) }

    private mutating func keepLast(_ milliseconds: Int) {
        let surplus = bytes.count - milliseconds * Self.bytesPerMillisecond
        if surplus > 0 { bytes.removeFirst(surplus) }
    }
}
