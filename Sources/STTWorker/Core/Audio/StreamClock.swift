/// Translates the provider's time into positions of the caller's audio.
///
/// Deepgram listen v1, semantics: times count the audio sent on one connection. They start at zero on each connection,
/// include silence that was put in, and leave out audio that was dropped.
package struct StreamClock: Sendable {
    private struct Stretch {
        /// Bytes sent on this connection before the stretch.
        var sent: Int64
        /// The position of the caller's audio at its beginning.
        var position: Int64
    }

    private var stretches: [Stretch]
    private var sentBytes: Int64 = 0
    /// The position after the last caller audio sent.
    package private(set) var sentPosition: Int64

    /// The clock of a connection whose first caller audio will be that at `position`.
    package init(startingAt position: Int64) {
        stretches = [Stretch(sent: 0, position: position)]
        sentPosition = position
    }

    /// Notes that `count` bytes of the caller's audio, beginning at `position`, were sent.
    package mutating func sent(_ count: Int, from position: Int64) {
        if position != sentPosition { stretches.append(Stretch(sent: sentBytes, position: position)) }
        sentBytes += Int64(count)
        sentPosition = position + Int64(count)
    }

    /// Notes that `count` bytes that are not the caller's were sent.
    package mutating func sentFiller(_ count: Int) {
        sentBytes += Int64(count)
        stretches.append(Stretch(sent: sentBytes, position: sentPosition))
    }

    /// The position that the provider calls `seconds`, never beyond what was sent.
    package func position(at seconds: Double) -> Int64 {
        guard seconds.isFinite, seconds > 0 else { return stretches[0].position }
        let sent = Int64(min(seconds * 8000, Double(sentBytes)).rounded())
        let index = stretches.lastIndex { $0.sent <= sent } ?? 0
        let stretch = stretches[index]
        let limit = index + 1 < stretches.count ? stretches[index + 1].position : sentPosition
        return min(stretch.position + sent - stretch.sent, max(limit, stretch.position))
    }
}
