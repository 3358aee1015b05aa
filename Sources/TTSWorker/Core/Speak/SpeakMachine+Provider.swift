internal import DeepgramConnection
internal import WorkerProtocol

/// What is done with audio that came from the provider.
package enum SpeakAudioVerdict: Equatable {
    /// Pass it on: it belongs to the reply that has begun.
    case forward
    /// Drop it: it belongs to no reply that is wanted.
    case drop
}

extension SpeakMachine {
    /// Audio came.
    package mutating func audioReceived(_ bytes: Int, at now: Int64) -> (SpeakAudioVerdict, SpeakNote?) {
        connection?.pings.heard()
        guard phase == .open, let reply = replies.first, reply.isOnWire, connection?.isClearing == false else {
            connection?.discardedBytes += bytes
            return (.drop, nil)
        }
        connection?.staleFlushes = 0
        let note = reply.hasAudio ? nil : reply.sentAt.map { SpeakNote.firstAudio(milliseconds: now - $0) }
        replies[0].audioReceived(at: now)
        return (.forward, note)
    }

    /// A text message came.
    package mutating func messageReceived(_ message: SpeakMessage, at now: Int64) -> [SpeakAction] {
        guard connection != nil else { return [] }
        connection?.pings.heard()
        switch message {
        case .metadata: return []
        case .flushed: return flushed(at: now)
        case .cleared: return cleared(at: now)
        case .warning(let code, let text), .error(let code, let text):
            return [.note(.complaint(code: code, text: text))]
        case .unknown(let type): return [.note(.unknownMessage(type: type))]
        case .malformed: return [.note(.malformedMessage)]
        }
    }

    /// A Flush was acknowledged: the audio of its segment is complete.
    private mutating func flushed(at now: Int64) -> [SpeakAction] {
        guard phase == .open, var connection else { return [] }
        if connection.isClearing || connection.staleFlushes > 0 {
            // It belongs to a reply that was cancelled; it may come before or shortly after Cleared.
            connection.staleFlushes = max(0, connection.staleFlushes - 1)
            self.connection = connection
            return []
        }
        guard let reply = replies.first, reply.awaitsFlushed else { return [] }
        let text = replies[0].flushed(at: now)
        return [.report(.segment(generation: reply.generation, text: text))] + pump(at: now)
    }

    /// A Clear was carried out: what comes from now on is new.
    private mutating func cleared(at now: Int64) -> [SpeakAction] {
        guard phase == .open, var connection, connection.isClearing else { return [] }
        let discarded = connection.discardedBytes
        connection.isClearing = false
        connection.discardedBytes = 0
        self.connection = connection
        return [cancel(.clear), .note(.discarded(bytes: discarded))] + rotateIfDue() + pump(at: now)
    }
}
