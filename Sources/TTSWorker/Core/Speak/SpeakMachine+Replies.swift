internal import WorkerProtocol

extension SpeakMachine {
    // MARK: - The gateway's text

    /// The gateway begins a reply.
    package mutating func replyBegun(_ generation: UInt32, at now: Int64) -> [SpeakAction] {
        guard phase != .draining, phase != .over else { return [] }
        guard !replies.contains(where: { $0.generation == generation }) else {
            return violated("generation \(generation) has begun already")
        }
        guard replies.count < timings.maximumReplies else {
            return violated("more than \(timings.maximumReplies) replies at once")
        }
        replies.append(SpeechReply(generation: generation, at: now))
        return []
    }

    /// Text of the reply that was begun last; text of no reply is left over from a cancelled one and ignored.
    package mutating func textReceived(_ text: String, at now: Int64) -> [SpeakAction] {
        guard let last = replies.indices.last, !replies[last].hasEnded else { return [] }
        replies[last].append(text, at: now)
        guard replies.reduce(0, { $0 + $1.waitingCharacters }) <= timings.maximumWaitingCharacters else {
            let failure = WorkerFailure(
                .overloaded,
                detail: "more than \(timings.maximumWaitingCharacters) characters wait to be spoken"
            )
            let generation = replies[last].generation
            return remove(last) + [.report(.failed(generation: generation, failure))]
        }
        var actions = pump(at: now)
        if replies.indices.contains(last), replies[last].isHolding {
            actions += set(.words, timings.wordsMilliseconds)
        }
        if !replies.isEmpty { actions += set(.stall, timings.nudgeMilliseconds) }
        return actions
    }

    /// The gateway's text of a reply is complete.
    package mutating func replyEnded(_ generation: UInt32, at now: Int64) -> [SpeakAction] {
        guard let index = replies.firstIndex(where: { $0.generation == generation }), !replies[index].hasEnded else {
            return []
        }
        replies[index].end()
        return pump(at: now)
    }

    /// The gateway does not want a reply any more; one that has ended meanwhile is none.
    package mutating func replyCancelled(_ generation: UInt32, at now: Int64) -> [SpeakAction] {
        guard let index = replies.firstIndex(where: { $0.generation == generation }) else { return [] }
        return remove(index) + [.report(.end(generation: generation, cancelled: true))] + pump(at: now)
    }

    /// Forgets a reply; what the provider has of it is cleared.
    private mutating func remove(_ index: Int) -> [SpeakAction] {
        let reply = replies.remove(at: index)
        guard index == 0, reply.isOnWire, phase == .open else { return [] }
        connection?.isClearing = true
        connection?.staleFlushes += reply.unacknowledgedFlushes
        connection?.discardedBytes = 0
        return [.send(.clear), .resumeReading, cancel(.audio), cancel(.budget)] + set(.clear, timings.clearMilliseconds)
    }

    // MARK: - Sending

    /// Sends what may be sent of the first reply, and goes on to the next when it is complete.
    mutating func pump(at now: Int64) -> [SpeakAction] {
        var actions: [SpeakAction] = []
        while let reply = replies.first {
            if reply.isComplete {
                actions += complete(reply)
                continue
            }
            guard let step = reply.steps.first else { break }
            guard phase == .open, var connection else {
                actions += awaitConnection()
                break
            }
            guard !connection.isClearing else { break }
            let wait = connection.delay(for: step, isStart: !reply.isOnWire, at: now)
            guard wait == 0 else {
                let isIdle = !reply.isOnWire && wait > timings.budgetMilliseconds
                actions += isIdle ? rotate() : set(.budget, wait)
                break
            }
            connection.spend(step, at: now)
            self.connection = connection
            if reply.sentAt == nil { actions.append(.report(.begin(generation: reply.generation))) }
            replies[0].stepSent(at: now)
            switch step {
            case .text(let text): actions.append(.send(.speak(text)))
            case .flush: actions += [.send(.flush)] + set(.audio, timings.firstAudioMilliseconds)
            }
        }
        return actions
    }

    /// The first reply was spoken to its end.
    private mutating func complete(_ reply: SpeechReply) -> [SpeakAction] {
        replies.removeFirst()
        let beginning: [SpeakAction] = reply.sentAt == nil ? [.report(.begin(generation: reply.generation))] : []
        return beginning + [.report(.end(generation: reply.generation, cancelled: false)), cancel(.audio)]
            + rotateIfDue() + (replies.isEmpty ? [] : set(.stall, timings.nudgeMilliseconds))
    }

    // MARK: - Timers

    /// Words have waited for the end of their sentence for too long.
    mutating func wordsWaited(at now: Int64) -> [SpeakAction] {
        guard let last = replies.indices.last, !replies[last].hasEnded else { return [] }
        replies[last].releaseWords()
        return pump(at: now)
    }

    /// The text may have paused, as when a model waits for a tool, or the provider may wait for a Flush before it
    /// begins: neither must leave the line silent.
    mutating func textMayHaveStalled(at now: Int64) -> [SpeakAction] {
        guard let reply = replies.first, !reply.hasEnded, reply.needsFlush || reply.isHolding else { return [] }
        let pause = now - reply.textAt
        let mayFlush = (connection?.flushes.available(at: now) ?? 0) > timings.reservedFlushes
        guard phase == .open, mayFlush else { return set(.stall, timings.stallMilliseconds) }
        if pause >= timings.stallMilliseconds {
            replies[0].speakSoFar()
        } else if !reply.hasAudio, !reply.isNudged, let sentAt = reply.sentAt,
            now - sentAt >= timings.nudgeMilliseconds
        {
            replies[0].isNudged = true
            replies[0].flushIfNeeded()
        }
        let actions = pump(at: now)
        guard let reply = replies.first, reply.needsFlush || reply.isHolding else { return actions }
        return actions + set(.stall, max(timings.stallMilliseconds - pause, 100))
    }

    /// Audio or an acknowledgement may be late.
    mutating func audioMayBeLate(at now: Int64) -> [SpeakAction] {
        guard phase == .open, let reply = replies.first, reply.awaitsFlushed else { return [] }
        let limit = reply.hasSegmentAudio ? timings.nextAudioMilliseconds : timings.firstAudioMilliseconds
        let rest = isReadingStopped ? limit : reply.progressAt + limit - now
        guard rest <= 0 else { return set(.audio, rest) }
        let what = reply.hasSegmentAudio ? "more audio" : "audio"
        return [.abortSocket] + connectionLost(late("deepgram sent no \(what) within \(limit) ms"), at: now)
    }

    /// A Clear was not answered in time: the connection cannot be trusted any more.
    mutating func clearUnanswered(at now: Int64) -> [SpeakAction] {
        guard phase == .open, let connection, connection.isClearing else { return [] }
        return [.note(.clearTimedOut), .abortSocket]
            + connectionLost(late("deepgram did not answer a Clear"), at: now)
    }
}

extension SpeakMachine.Connection {
    /// The wait before a step may be sent; a segment is not started before there is a Flush to end it with.
    mutating func delay(for step: SpeechReply.Step, isStart: Bool, at now: Int64) -> Int64 {
        switch step {
        case .text(let text):
            max(
                characters.delay(for: text.unicodeScalars.count, at: now),
                isStart ? flushes.delay(for: 1, at: now) : 0
            )
        case .flush:
            flushes.delay(for: 1, at: now)
        }
    }

    /// Notes that a step was sent.
    mutating func spend(_ step: SpeechReply.Step, at now: Int64) {
        switch step {
        case .text(let text): characters.spend(text.unicodeScalars.count, at: now)
        case .flush: flushes.spend(1, at: now)
        }
    }
}
