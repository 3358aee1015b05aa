package import NIOCore
internal import TelephonyAudio
internal import WorkerProtocol

extension ListenMachine {
    /// Unsent audio above this is a backlog: 500 ms.
    private static let backlogBytes = 4_000

    /// Caller audio arrived over the link.
    package mutating func audioReceived(_ bytes: ByteBuffer, at now: Int64) -> [ListenAction] {
        guard phase != .draining, phase != .over, bytes.readableBytes > 0 else { return [] }
        let droppedBefore = audio.droppedBytes
        if audio.unsentBytes == 0 { partialSince = now }
        arrivedAt = now
        audio.append(bytes)
        let dropped = audio.droppedBytes - droppedBefore
        return (dropped > 0 ? [.note(.dropped(bytes: dropped))] : []) + pump(at: now)
    }

    /// The connection takes more after it could not.
    package mutating func socketBecameWritable(at now: Int64) -> [ListenAction] {
        isWritable = true
        return pump(at: now)
    }

    /// Sends what can be sent: whole messages as they fill, less only when more is not to be waited for.
    mutating func pump(at now: Int64, isPartialDue: Bool = false) -> [ListenAction] {
        var actions: [ListenAction] = []
        while phase == .open, audio.unsentBytes > 0 {
            if audio.unsentBytes < timings.chunkBytes, !isPartialDue, !owesFinalize, now < partialDue {
                if !isPartialTimerSet {
                    isPartialTimerSet = true
                    actions.append(.setTimer(.partial, milliseconds: partialDue - now))
                }
                break
            }
            guard isWritable, var connection else { break }
            let position = audio.next
            let wait = connection.pacer.delay(for: min(audio.unsentBytes, timings.chunkBytes), at: now)
            // A backlog of silence, as when a gap was filled, must not hold up what is said after it.
            if wait > 0, audio.unsentBytes > Self.backlogBytes, audio.skipSilence() { continue }
            guard wait == 0, let chunk = audio.take(timings.chunkBytes) else {
                actions.append(.setTimer(.pacing, milliseconds: wait))
                break
            }
            connection.pacer.spend(chunk.readableBytes, at: now)
            connection.clock.sent(chunk.readableBytes, from: position)
            connection.lastSentAt = now
            connection.hasSentCallerAudio = true
            partialSince = now
            self.connection = connection
            actions.append(.sendAudio(chunk))
            actions += watch(chunk)
        }
        if owesFinalize, phase == .open, audio.unsentBytes == 0 {
            owesFinalize = false
            connection?.lastSentAt = now
            actions.append(.sendText(.finalize))
        }
        return actions
    }

    /// Sends a little silence if the caller's first audio is late, since the provider wants audio within 10 s.
    mutating func fillFirstAudio(at now: Int64) -> [ListenAction] {
        guard phase == .open, var connection, !connection.hasSentCallerAudio else { return [] }
        let count = Int(timings.fillerMilliseconds) * MuLaw.bytesPerMillisecond
        connection.clock.sentFiller(count)
        connection.lastSentAt = now
        self.connection = connection
        return [.sendAudio(ByteBuffer(repeating: MuLaw.silence, count: count))]
    }

    /// When less than a whole message must go: counted from its first byte, or for messages longer than the wait from
    /// its last.
    private var partialDue: Int64 {
        let isLong = timings.chunkMilliseconds > timings.partialMilliseconds
        return (isLong ? arrivedAt : partialSince) + timings.partialMilliseconds
    }

    /// Counts speech that the provider leaves unanswered: it sends a text at least once a second while audio flows.
    private mutating func watch(_ chunk: ByteBuffer) -> [ListenAction] {
        let level = AudioLevel.decibels(muLaw: chunk.readableBytesUInt8Span)
        guard level >= timings.speechDecibels, var connection else { return [] }
        connection.unansweredSpeechBytes += chunk.readableBytes
        self.connection = connection
        guard connection.unansweredSpeechBytes >= Int(timings.watchdogMilliseconds) * MuLaw.bytesPerMillisecond else {
            return []
        }
        let failure = WorkerFailure(
            .timedOut,
            detail: "deepgram sent nothing for \(timings.watchdogMilliseconds) ms of speech",
            provider: "deepgram",
            requestID: connection.requestID
        )
        return failed(failure)
    }
}
