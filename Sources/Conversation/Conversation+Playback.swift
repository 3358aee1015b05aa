// What the caller hears.
extension Conversation {
    /// The pacer handed audio over.
    mutating func mediaSent(_ generation: Generation, _ bytes: Int) {
        guard let sent = ledger.mediaSent(generation, bytes: bytes, at: now) else { return }
        if let mark = sent.mark { emit(.mark(mark)) }
        if sent.isFirst { record(.firstMedia(turn: turnOfSpeech(generation), generation)) }
        if let front = ledger.front, front.generation == generation, front.isSent { awaitLastMark() }
    }

    /// A mark came back.
    mutating func markReturned(_ name: String) {
        let heard = ledger.markReturned(name, at: now)
        for generation in heard.began { record(.firstHeard(turn: turnOfSpeech(generation), generation)) }
        playbackAdvanced(heard)
    }

    /// The last mark of what is being heard did not come back in time: what was sent counts as heard.
    ///
    /// Audio that was not handed over is waited for, as the stream may be broken for a while; at last it is dropped.
    mutating func lastMarkStayedAway() {
        guard let front = ledger.front, front.isRendered else { return }
        let stall = closing == nil ? settings.limits.playbackStall : settings.limits.markGrace
        if front.isAsGoodAsSent {
            _ = ledger.abandonFront()
            speechHeard(front.generation, confirmed: false)
            awaitLastMark()
        } else if now - max(ledger.lastSent, playbackWatched) < stall {
            setTimer(.playback, ledger.remainingOfFront(at: now) + settings.limits.markGrace)
        } else {
            let waiting = speeches.filter { $0.stage == .waiting }
            speeches.removeAll { $0.stage == .waiting }
            _ = cutSpeeches()
            speeches = waiting
            advanceSpeech()
        }
    }

    /// Starts the wait for the last mark of what is being heard, if all its audio is there.
    mutating func awaitLastMark() {
        guard let front = ledger.front, front.isRendered else {
            cancelTimer(.playback)
            return
        }
        playbackWatched = now
        setTimer(.playback, ledger.remainingOfFront(at: now) + settings.limits.markGrace)
    }

    /// Speeches were heard to their end.
    mutating func playbackAdvanced(_ heard: PlaybackLedger.Heard) {
        guard !heard.finished.isEmpty else { return }
        for generation in heard.finished { speechHeard(generation, confirmed: true) }
        awaitLastMark()
    }

    /// Cuts the history to what was heard of a speech and notes it.
    mutating func recordHeard(_ speech: Speech, isCut: Bool) -> SpokenText.Split {
        let split = speech.text.split(atWord: heardCharacters(of: speech))
        log.agentWasCut(speech.generation, to: split.heard)
        noteHeard(speech, split.heard, isCut: isCut && !split.rest.isBlank)
        return split
    }

    /// How many characters of a speech the caller has heard.
    func heardCharacters(of speech: Speech) -> Int {
        speech.text.characters(
            in: ledger.heardBytes(speech.generation, at: now),
            of: ledger.receivedBytes(speech.generation),
            isRendered: speech.stage == .rendered,
            rate: rate
        )
    }

    /// How long the caller has heard a speech.
    func heardTime(of speech: Speech) -> Milliseconds {
        Milliseconds(ledger.heardBytes(speech.generation, at: now) / PlaybackLedger.bytesPerMillisecond)
    }

    private mutating func speechHeard(_ generation: Generation, confirmed: Bool) {
        guard let index = speeches.firstIndex(where: { $0.generation == generation }) else { return }
        let speech = speeches.remove(at: index)
        noteHeard(speech, speech.text.text.trimmed, isCut: false)
        record(.speechFinished(turn: speech.turn, generation, confirmed: confirmed))
    }

    /// Notes what the caller heard of a speech.
    mutating func noteHeard(_ speech: Speech, _ text: String, isCut: Bool) {
        guard !text.isEmpty else { return }
        record(.agentSaid(turn: speech.turn, speech.generation, text: text, interrupted: isCut))
    }

    private func turnOfSpeech(_ generation: Generation) -> Int {
        speeches.first { $0.generation == generation }?.turn ?? turn
    }
}
