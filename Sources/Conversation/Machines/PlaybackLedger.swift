/// Counts what the caller has heard: bytes received, sent, marked and heard, a segment for each generation.
///
/// ```
/// received  |=========================|   audio from the synthesis
/// sent      |==================|          handed to the network, ahead of the ear
/// marks          ^     ^     ^            at most 400 ms apart, and behind the last byte
/// heard     |========|                    last mark that came back, then the clock
/// ```
///
/// Marks come back when the audio before them was played, and also when it was cleared (Twilio Media Streams, "mark"
/// and "clear" messages), so marks of cleared generations count for nothing. Between marks the position is estimated
/// from the clock, never beyond what was sent nor before the last mark.
struct PlaybackLedger: Sendable, Equatable {
    /// 8 kHz mu-law.
    static let bytesPerMillisecond = 8
    /// 400 ms: the farthest two marks may be apart.
    static let markInterval = 3_200
    /// What the pacer may add to fill up a last frame of 20 ms.
    static let framePadding = 160
    /// 17 minutes, more than the network buffers; what is reported beyond in one go is a fault and is cut.
    static let maximumReport = 1 << 23

    /// The audio of one generation.
    struct Segment: Sendable, Equatable {
        /// Whose audio it is.
        let generation: Generation
        /// Bytes that arrived from the synthesis.
        var received = 0
        /// Bytes handed to the network.
        var sent = 0
        /// Bytes that a mark has shown to be heard.
        var confirmed = 0
        /// Whether all audio has arrived.
        var isRendered = false
        /// Marks that have not come back.
        var marks: [Mark] = []
        /// Where the last mark was set.
        var lastMark = 0
        /// Ends of text segments that were not sent yet.
        var textEnds: [Int] = []

        /// Whether everything was handed to the network.
        var isSent: Bool { isRendered && sent >= received }
        /// Whether no more than a part of a frame was kept back, as a pacer may that waits for the rest of it.
        var isAsGoodAsSent: Bool { isRendered && sent + PlaybackLedger.framePadding > received && sent > 0 }
        /// Whether everything was heard.
        var isHeard: Bool { isSent && confirmed >= sent }
    }

    /// A mark on its way.
    struct Mark: Sendable, Equatable {
        /// Its number within the call.
        let serial: UInt32
        /// The bytes of the segment before it.
        let position: Int
    }

    /// What handing bytes over has led to.
    struct Sent: Sendable, Equatable {
        /// They are the first of their generation.
        let isFirst: Bool
        /// The mark to send behind them.
        let mark: String?
    }

    /// What a mark has shown.
    struct Heard: Sendable, Equatable {
        /// Generations heard to begin.
        var began: [Generation] = []
        /// Generations heard to their end; they are no longer in the ledger.
        var finished: [Generation] = []
    }

    /// The generations in the order of hearing.
    private(set) var segments: [Segment] = []
    /// When bytes were last handed over.
    private(set) var lastSent = CallTime.zero
    private var serial: UInt32 = 0
    private var anchorTime = CallTime.zero
    private var anchorPosition = 0

    /// Whether bytes were sent that were not heard.
    var isAudible: Bool { segments.contains { $0.sent > $0.confirmed } }

    /// The generation heard now or next.
    var front: Segment? { segments.first }

    /// A generation's audio will arrive.
    mutating func began(_ generation: Generation) {
        segments.append(Segment(generation: generation))
    }

    /// Audio arrived; returns whether it is the first of its generation, nil if it belongs to none.
    mutating func audioReceived(_ generation: Generation, bytes: Int) -> Bool? {
        guard let index = index(of: generation), !segments[index].isRendered, bytes > 0 else { return nil }
        let isFirst = segments[index].received == 0
        segments[index].received += min(bytes, Self.maximumReport)
        return isFirst
    }

    /// The audio so far ends with the end of a piece of text.
    mutating func textEnded(_ generation: Generation) {
        guard let index = index(of: generation), segments[index].received > (segments[index].textEnds.last ?? 0) else {
            return
        }
        segments[index].textEnds.append(segments[index].received)
    }

    /// All audio of a generation has arrived; returns the mark to send now if it was sent already.
    mutating func rendered(_ generation: Generation) -> (mark: String?, heard: Heard) {
        guard let index = index(of: generation) else { return (nil, Heard()) }
        segments[index].isRendered = true
        guard segments[index].isSent, segments[index].lastMark < segments[index].sent else {
            return (nil, Heard(finished: takeFinished()))
        }
        return (setMark(index), Heard())
    }

    /// Bytes were handed to the network; nil if they belong to no generation here.
    mutating func mediaSent(_ generation: Generation, bytes: Int, at now: CallTime) -> Sent? {
        guard let index = index(of: generation), bytes > 0 else { return nil }
        let room = segments[index].received + Self.framePadding - segments[index].sent
        let counted = min(bytes, room)
        guard counted > 0, segments[index].received > 0 else { return nil }
        anchorPosition = position(at: now)
        anchorTime = max(now, anchorTime)
        lastSent = anchorTime
        let isFirst = segments[index].sent == 0
        segments[index].sent += counted
        let segment = segments[index]
        let passedEnds = segment.textEnds.prefix { $0 <= segment.sent }.count
        segments[index].textEnds.removeFirst(passedEnds)
        let isDue = segment.isSent || passedEnds > 0 || segment.sent - segment.lastMark + counted > Self.markInterval
        return Sent(isFirst: isFirst, mark: isDue ? setMark(index) : nil)
    }

    /// A mark came back; unknown names show nothing.
    mutating func markReturned(_ name: String, at now: CallTime) -> Heard {
        var heard = Heard()
        guard let (generation, serial) = Self.parse(name), let index = index(of: generation),
            let mark = segments[index].marks.first(where: { $0.serial == serial })
        else { return heard }
        for earlier in 0...index {
            if segments[earlier].confirmed == 0, segments[earlier].sent > 0 {
                heard.began.append(segments[earlier].generation)
            }
            if earlier < index { segments[earlier].confirmed = segments[earlier].sent }
        }
        segments[index].confirmed = max(segments[index].confirmed, mark.position)
        segments[index].marks.removeAll { $0.serial <= serial }
        anchorTime = max(now, anchorTime)
        anchorPosition = start(of: index) + segments[index].confirmed
        heard.finished = takeFinished()
        return heard
    }

    /// The last mark of the front segment will not come any more; returns the segment, taken out.
    mutating func abandonFront() -> Segment? {
        segments.isEmpty ? nil : removeFirst()
    }

    /// A generation will have no (more) audio worth keeping.
    mutating func removed(_ generation: Generation) {
        guard let index = index(of: generation) else { return }
        if index == 0 { _ = removeFirst() } else { segments.remove(at: index) }
    }

    /// Everything was cleared: nothing of it will be heard any more.
    mutating func cleared() {
        segments = []
        anchorPosition = 0
    }

    /// How many bytes of a generation have arrived.
    func receivedBytes(_ generation: Generation) -> Int {
        index(of: generation).map { segments[$0].received } ?? 0
    }

    /// How many bytes of a generation the caller has heard, as far as is known.
    func heardBytes(_ generation: Generation, at now: CallTime) -> Int {
        guard let index = index(of: generation) else { return 0 }
        let segment = segments[index]
        let estimate = min(max(position(at: now) - start(of: index), segment.confirmed), segment.sent)
        return min(estimate, segment.received)
    }

    /// How long it takes to hear what was handed over of the front segment.
    func remainingOfFront(at now: CallTime) -> Milliseconds {
        guard let front else { return 0 }
        let bytes = max(front.sent - position(at: now), 0)
        return Milliseconds((bytes + Self.bytesPerMillisecond - 1) / Self.bytesPerMillisecond)
    }

    /// The bytes heard since the beginning of the front segment.
    private func position(at now: CallTime) -> Int {
        let elapsed = Int(clamping: min(max(now - anchorTime, 0), Milliseconds(Self.maximumReport)))
        let sent = segments.reduce(0) { $0 + $1.sent }
        let confirmed = segments.lastIndex { $0.confirmed > 0 }.map { start(of: $0) + segments[$0].confirmed } ?? 0
        return max(min(anchorPosition + elapsed * Self.bytesPerMillisecond, sent), confirmed)
    }

    private func start(of index: Int) -> Int {
        segments[..<index].reduce(0) { $0 + $1.sent }
    }

    private func index(of generation: Generation) -> Int? {
        segments.firstIndex { $0.generation == generation }
    }

    private mutating func setMark(_ index: Int) -> String {
        serial &+= 1
        segments[index].lastMark = segments[index].sent
        segments[index].marks.append(Mark(serial: serial, position: segments[index].sent))
        return "\(segments[index].generation):m\(serial)"
    }

    private mutating func takeFinished() -> [Generation] {
        var finished: [Generation] = []
        while let front, front.isHeard {
            finished.append(front.generation)
            _ = removeFirst()
        }
        return finished
    }

    private mutating func removeFirst() -> Segment {
        let segment = segments.removeFirst()
        anchorPosition = max(anchorPosition - segment.sent, 0)
        return segment
    }

    /// Reads a name of the form `g<generation>:m<serial>`.
    static func parse(_ name: String) -> (Generation, serial: UInt32)? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].first == "g", parts[1].first == "m",
            let generation = UInt32(parts[0].dropFirst()), let serial = UInt32(parts[1].dropFirst())
        else { return nil }
        return (Generation(generation), serial)
    }
}
