import TelephonyAudio

/// Twilio's side of the outbound audio: a queue of bytes with marks in it, played 20 ms at a time.
///
/// Twilio Media Streams, "mark" and "clear" messages: a mark comes back when all media before it has been played, at
/// once when nothing is queued, or when `clear` empties the queue. A pure value: the owner's clock ticks it.
package struct PlayoutBuffer: Sendable {
    /// Ten minutes of audio, bytes; what comes on top is discarded (warning 31931).
    package static let capacity = 4_800_000

    /// Bytes not yet played.
    package var queuedBytes: Int { audio.count - played }

    /// Bytes discarded because the queue was full.
    package private(set) var discardedBytes = 0

    /// Frames that had fewer than 160 bytes and were padded: an audible gap.
    package private(set) var partialFrames = 0

    /// Bytes played in all.
    package private(set) var playedBytes = 0

    private var audio: [UInt8] = []
    private var played = 0
    private var marks: [(name: String, offset: Int)] = []
    private var enqueued = 0

    /// An idle buffer.
    package init() {}

    /// Queues audio.
    package mutating func enqueue(_ bytes: [UInt8]) {
        let room = Self.capacity - queuedBytes
        if bytes.count > room { discardedBytes += bytes.count - room }
        audio.append(contentsOf: bytes.prefix(room))
        enqueued += min(room, bytes.count)
    }

    /// Takes a mark; returns its name if it comes back at once.
    package mutating func mark(_ name: String) -> String? {
        if queuedBytes == 0 { return name }
        marks.append((name, enqueued))
        return nil
    }

    /// Empties the queue; returns the marks that come back, in order.
    package mutating func clear() -> [String] {
        audio.removeAll(keepingCapacity: true)
        played = 0
        enqueued = playedBytes
        defer { marks.removeAll() }
        return marks.map(\.name)
    }

    /// Plays 20 ms.
    ///
    /// - Returns: the frame, always 160 bytes, or nil when idle; and the marks that come back after it.
    package mutating func tick() -> (frame: [UInt8]?, marks: [String]) {
        guard queuedBytes > 0 else { return (nil, []) }
        var frame = Array(audio[played..<min(played + MuLaw.bytesPerFrame, audio.count)])
        played += frame.count
        playedBytes += frame.count
        if frame.count < MuLaw.bytesPerFrame {
            partialFrames += 1
            frame.append(contentsOf: repeatElement(MuLaw.silence, count: MuLaw.bytesPerFrame - frame.count))
        }
        if played == audio.count || played > 1 << 16 {
            audio.removeFirst(played)
            played = 0
        }
        let due = marks.prefix { $0.offset <= playedBytes }.map(\.name)
        marks.removeFirst(due.count)
        return (frame, due)
    }
}
