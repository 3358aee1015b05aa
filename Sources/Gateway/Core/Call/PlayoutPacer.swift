import DequeModule

/// Decides when which audio goes to Twilio: at once for the first of a reply, then never further ahead of the caller's
/// ear than the lead.
///
/// What is beyond the lead waits here, where a barge-in simply drops it. Messages are whole 20 ms frames, about
/// ``Settings/messageMilliseconds`` long; the last frame of a generation is filled with silence. Time comes in as
/// milliseconds of any steady clock. 8 bytes are one millisecond.
package struct PlayoutPacer: Sendable {
    /// The bounds of one call's playout.
    package struct Settings: Sendable, Equatable {
        /// How far the audio at Twilio may run ahead of the caller's ear, milliseconds.
        package var leadMilliseconds: Int64 = 2000

        /// Length of one message, milliseconds; a multiple of 20.
        package var messageMilliseconds: Int64 = 100

        /// Audio kept for later, milliseconds; what comes on top is dropped and counted.
        package var maximumQueuedMilliseconds: Int64 = 180_000

        /// With at least this much at Twilio a short message waits until it is a whole one, milliseconds.
        package var comfortMilliseconds: Int64 = 300

        /// The defaults of a telephone call.
        package init() {}
    }

    /// One message's worth of audio.
    package struct Message: Sendable, Equatable {
        /// The reply it belongs to.
        package var generation: UInt32

        /// Bytes of the reply in it, without the silence that fills its last frame.
        package var audioBytes: Int
    }

    private struct Segment: Sendable {
        let generation: UInt32
        var chunks: Deque<[UInt8]> = []
        var headOffset = 0
        var byteCount = 0
        var isFinished = false
    }

    /// Bytes of one 20 ms frame.
    package static let frameBytes = 160
    private static let frameMilliseconds: Int64 = 20
    private static let bytesPerMillisecond = 8
    private static let silence: UInt8 = 0xFF

    private let settings: Settings
    private var segments: Deque<Segment> = []
    private var audibleUntil: Int64 = 0

    /// Bytes dropped because too much was queued.
    package private(set) var droppedBytes = 0

    /// Bytes waiting here.
    package private(set) var queuedBytes = 0

    /// An empty pacer.
    package init(settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Takes audio of a reply; one generation after the other.
    ///
    /// - Parameters:
    ///   - audio: mu-law bytes, any number.
    ///   - generation: the reply; a new one finishes the one before.
    /// - Returns: bytes taken; fewer than given when the queue is full.
    @discardableResult
    package mutating func append(_ audio: [UInt8], generation: UInt32) -> Int {
        guard !audio.isEmpty else { return 0 }
        let room = Int(settings.maximumQueuedMilliseconds) * Self.bytesPerMillisecond - queuedBytes
        guard audio.count <= room else {
            droppedBytes += audio.count
            return 0
        }
        if segments.last?.generation != generation || segments.last?.isFinished == true {
            finishLast()
            segments.append(Segment(generation: generation))
        }
        let last = segments.endIndex - 1
        segments[last].chunks.append(audio)
        segments[last].byteCount += audio.count
        queuedBytes += audio.count
        return audio.count
    }

    /// Says that no more audio of this reply will come, so that its last frame may be filled up.
    package mutating func finish(generation: UInt32) {
        guard segments.last?.generation == generation else { return }
        finishLast()
    }

    /// Forgets what is queued, and that anything is at Twilio; the caller writes `clear`.
    ///
    /// - Returns: bytes dropped.
    @discardableResult
    package mutating func clear() -> Int {
        let dropped = queuedBytes
        segments.removeAll()
        queuedBytes = 0
        audibleUntil = 0
        return dropped
    }

    /// Forgets what is at Twilio but keeps the queue: the stream was replaced by a new one.
    package mutating func streamReplaced() {
        audibleUntil = 0
    }

    /// Milliseconds of audio the caller has still to hear of what was sent.
    package func aheadMilliseconds(at now: Int64) -> Int64 { max(0, audibleUntil - now) }

    /// Takes the next message if it is due.
    ///
    /// - Parameters:
    ///   - now: milliseconds.
    ///   - output: emptied, then filled with whole frames.
    /// - Returns: nil when nothing is due; ask again at ``nextDue(at:)`` or after more audio.
    package mutating func next(at now: Int64, into output: inout [UInt8]) -> Message? {
        output.removeAll(keepingCapacity: true)
        guard let due = nextDue(at: now), due <= now, let frames = sendableFrames else { return nil }
        let wanted = frames * Self.frameBytes
        let audioBytes = take(wanted, into: &output)
        let generation = segments[segments.startIndex].generation
        for _ in audioBytes..<wanted { output.append(Self.silence) }
        queuedBytes -= audioBytes
        if segments[segments.startIndex].byteCount == 0, segments[segments.startIndex].isFinished {
            segments.removeFirst()
        }
        audibleUntil = max(audibleUntil, now) + Int64(frames) * Self.frameMilliseconds
        return Message(generation: generation, audioBytes: audioBytes)
    }

    /// When the next message may go, milliseconds; nil when there is nothing to send until more audio comes.
    package func nextDue(at now: Int64) -> Int64? {
        guard let segment = segments.first, let frames = sendableFrames else { return nil }
        let length = Int64(frames) * Self.frameMilliseconds
        let withinLead = audibleUntil + length - settings.leadMilliseconds
        let isWhole = length >= settings.messageMilliseconds || segment.isFinished
        return max(now, isWhole ? withinLead : max(withinLead, audibleUntil - settings.comfortMilliseconds))
    }

    /// Frames the next message would have; nil when there is not one whole frame, nor an end to fill up.
    private var sendableFrames: Int? {
        guard let segment = segments.first else { return nil }
        let whole = segment.byteCount / Self.frameBytes
        let hasTail = segment.isFinished && segment.byteCount % Self.frameBytes > 0
        let frames = min(whole + (hasTail ? 1 : 0), messageFrames)
        return frames > 0 ? frames : nil
    }

    private var messageFrames: Int {
        Int(max(1, min(settings.messageMilliseconds, settings.leadMilliseconds) / Self.frameMilliseconds))
    }

    /// Moves up to `wanted` bytes of the first segment to `output`; returns how many there were.
    private mutating func take(_ wanted: Int, into output: inout [UInt8]) -> Int {
        let first = segments.startIndex
        var taken = 0
        while taken < wanted, let chunk = segments[first].chunks.first {
            let offset = segments[first].headOffset
            let count = min(wanted - taken, chunk.count - offset)
            output.append(contentsOf: chunk[offset..<offset + count])
            taken += count
            if offset + count == chunk.count {
                segments[first].chunks.removeFirst()
                segments[first].headOffset = 0
            } else {
                segments[first].headOffset = offset + count
            }
        }
        segments[first].byteCount -= taken
        return taken
    }

    private mutating func finishLast() {
        guard !segments.isEmpty else { return }
        let last = segments.endIndex - 1
        if segments[last].byteCount == 0 {
            segments.removeLast()
        } else {
            segments[last].isFinished = true
        }
    }
}
