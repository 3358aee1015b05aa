package import NIOCore
internal import TelephonyAudio

/// The caller's audio from the last settled transcript to now: what waits to be sent and what may be sent again.
///
/// Positions count bytes of mu-law audio since the session began (8 bytes are 1 ms) and never go back. The audio is
/// bounded; beyond the bound the oldest is dropped, and counted if it had not been sent.
package struct CallerAudio: Sendable {
    /// 10 s of audio, which is also the most that may be sent again after a reconnect.
    package static let maximumBytes = 80_000
    /// Below this level a block is silence, in dBFS.
    static let quietDecibels = -45.0
    /// The silence kept before speech: 300 ms.
    static let leadInBytes = 2_400

    /// The position of the oldest byte kept.
    package private(set) var start: Int64 = 0
    /// The position of the next byte to send.
    package private(set) var next: Int64 = 0
    /// How many bytes were dropped before they were sent.
    package private(set) var droppedBytes: Int64 = 0

    private let maximumBytes: Int
    private var bytes = ByteBuffer()

    /// Creates an empty store that keeps at most `maximumBytes`.
    package init(maximumBytes: Int = CallerAudio.maximumBytes) {
        self.maximumBytes = maximumBytes
    }

    /// The position after the newest byte.
    package var end: Int64 { start + Int64(bytes.readableBytes) }
    /// How many bytes wait to be sent.
    package var unsentBytes: Int { Int(end - next) }

    /// Adds audio at the end.
    package mutating func append(_ audio: ByteBuffer) {
        bytes.writeImmutableBuffer(audio)
        let excess = bytes.readableBytes - maximumBytes
        if excess > 0 { drop(excess) }
    }

    /// The next `count` unsent bytes at most, or nil if there are none; they count as sent.
    package mutating func take(_ count: Int) -> ByteBuffer? {
        let length = min(count, unsentBytes)
        guard length > 0 else { return nil }
        let slice = bytes.getSlice(at: bytes.readerIndex + Int(next - start), length: length)
        next += Int64(length)
        return slice
    }

    /// The audio before `position` is transcribed for good: it need not be kept once it is sent.
    package mutating func settle(through position: Int64) {
        let length = min(position, next) - start
        if length > 0 { discard(Int(length)) }
    }

    /// Makes the audio kept unsent again, for a new connection, but for the silence it begins with.
    ///
    /// Silence sent again would only hold up what is said after it. Of quiet audio the last 300 ms are kept.
    package mutating func rewind() {
        next = start
        let excess = quietBytes - Self.leadInBytes
        if excess > 0 { discard(excess) }
        next = start
    }

    /// Leaves out the silence that the unsent audio begins with, but for its last 300 ms.
    ///
    /// - Returns: whether any was left out.
    package mutating func skipSilence() -> Bool {
        let excess = quietBytes - Self.leadInBytes
        if excess > 0 { next += Int64(excess) }
        return excess > 0
    }

    /// How much silence the unsent audio begins with.
    private var quietBytes: Int {
        let block = 800
        let audio = bytes.readableBytesUInt8Span
        let first = Int(next - start)
        var end = first
        while end < audio.count {
            let following = min(end + block, audio.count)
            guard AudioLevel.decibels(muLaw: audio.extracting(end..<following)) < Self.quietDecibels else { break }
            end = following
        }
        return end - first
    }

    private mutating func drop(_ count: Int) {
        droppedBytes += max(0, start + Int64(count) - next)
        discard(count)
        next = max(next, start)
    }

    private mutating func discard(_ count: Int) {
        bytes.moveReaderIndex(forwardBy: count)
        start += Int64(count)
        if bytes.readableBytes == 0 {
            bytes.clear()
        } else if bytes.readerIndex > maximumBytes / 2 {
            bytes.discardReadBytes()
        }
    }
}
