// What the agent says, on its way through the synthesis.
extension Conversation {
    /// How often one speech is tried without getting on.
    static let maximumSpeechFailures = 2
    /// How many speeches in a row may fail before the call is given up.
    static let maximumFailedSpeeches = 3

    /// Says a fixed sentence after all that is being said; one without words is left out.
    mutating func say(_ sentence: PreparedSpeech, as kind: Speech.Kind) {
        let text = settings.text(of: sentence).trimmed
        guard !text.isEmpty else { return }
        let generation = nextGeneration()
        if kind != .filler { log.agentBegan(generation, text) }
        enqueue(
            Speech(
                generation: generation,
                kind: kind,
                turn: turn,
                prepared: sentence,
                text: SpokenText(text),
                isComplete: true
            )
        )
        advanceSpeech()
    }

    /// Puts a speech at the end of the line.
    mutating func enqueue(_ speech: Speech) {
        lastSpeech = max(lastSpeech, speech.generation)
        speeches.append(speech)
    }

    /// Begins the next speech if none is being synthesised.
    mutating func advanceSpeech() {
        guard !speeches.contains(where: { $0.stage == .synthesising }),
            let index = speeches.firstIndex(where: { $0.stage == .waiting })
        else { return }
        let speech = speeches[index]
        if speech.notBefore > now {
            setTimer(.speech, speech.notBefore - now)
            return
        }
        if let prepared = speech.prepared {
            emit(.playPrepared(speech.generation, prepared))
        } else if roles.isOpen(.tts) {
            emit(.beginSpeech(speech.generation))
            emit(.speakText(speech.generation, speech.text.text))
            if speech.isComplete { emit(.endSpeech(speech.generation)) }
        } else {
            // A farewell that cannot be said does not hold the end of the call up.
            if let closing, !closing.isInterruptible { speeches.removeAll { $0.stage == .waiting } }
            return
        }
        speeches[index].stage = .synthesising
        speeches[index].lastProgress = now
        ledger.began(speech.generation)
        setTimer(.speech, settings.limits.speechProgress)
        record(.firstText(turn: speech.turn, speech.generation))
    }

    /// No more words will come for the reply's speech.
    mutating func completeReplySpeech() {
        guard let speech = reply?.speech, let index = speeches.firstIndex(where: { $0.generation == speech }),
            !speeches[index].isComplete
        else { return }
        speeches[index].isComplete = true
        guard speeches[index].stage == .synthesising else { return }
        speeches[index].lastProgress = now
        emit(.endSpeech(speech))
    }

    /// The synthesis reported something; only the speech it is at work on is of interest.
    mutating func synthesisReported(_ event: TTSEvent) {
        switch event {
        case .began(let generation):
            if let index = synthesising(generation) { speeches[index].lastProgress = now }
        case .audio(let generation, let bytes):
            guard let index = synthesising(generation),
                let isFirst = ledger.audioReceived(generation, bytes: bytes)
            else { return }
            speeches[index].lastProgress = now
            if isFirst { record(.firstAudio(turn: speeches[index].turn, generation)) }
        case .segment(let generation, let text):
            guard let index = synthesising(generation) else { return }
            speeches[index].text.segmentEnded(text, at: ledger.receivedBytes(generation))
            ledger.textEnded(generation)
        case .ended(let generation):
            if let index = synthesising(generation) { speechRendered(index) }
        case .failed(let generation, let failure):
            if let index = synthesising(generation) { speechFailed(index, failure) }
        }
    }

    /// The synthesis has made no progress for a while: the speech counts as failed if that was too long.
    ///
    /// If none is at work, the pause before the next attempt is over.
    mutating func synthesisMadeNoProgress() {
        guard let index = speeches.firstIndex(where: { $0.stage == .synthesising }) else {
            advanceSpeech()
            return
        }
        let limit = settings.limits.speechProgress
        let idle = now - speeches[index].lastProgress
        if !speeches[index].isComplete {
            setTimer(.speech, limit)
        } else if idle < limit {
            setTimer(.speech, limit - idle)
        } else {
            emit(.cancelSpeech(speeches[index].generation))
            speechFailed(index, Failure("timedOut"))
        }
    }

    /// The synthesis session is gone: what it owed is said again once it is back.
    ///
    /// A prepared speech goes on, as the shell plays it; if it cannot, it says so.
    mutating func synthesisLost() {
        let index = speeches.firstIndex { $0.stage == .synthesising && $0.prepared == nil }
        guard let index else { return }
        cancelTimer(.speech)
        speechBroke(index, failures: 0)
        advanceSpeech()
    }

    /// Makes new speeches, none or one, of what is left of a speech that broke off after so many characters.
    ///
    /// They begin with the sentence in which it broke off, and have a number of their own. A prepared speech that was
    /// not heard at all is played as such again if `mayBePrepared`.
    mutating func sayAgain(_ speech: Speech, from characters: Int, mayBePrepared: Bool) -> [Speech] {
        let split = speech.text.split(atSentence: characters)
        log.agentWasCut(speech.generation, to: split.heard)
        guard !split.rest.isBlank else {
            if reply?.speech == speech.generation { reply?.speech = nil }
            return []
        }
        let generation = nextGeneration()
        lastSpeech = generation
        log.agentBegan(generation, split.rest, after: speech.generation)
        if reply?.speech == speech.generation { reply?.speech = generation }
        let isWhole = split.heard.isEmpty
        return [
            Speech(
                generation: generation,
                kind: speech.kind,
                turn: speech.turn,
                prepared: isWhole && mayBePrepared ? speech.prepared : nil,
                text: SpokenText(split.rest),
                isComplete: speech.isComplete,
                failures: isWhole ? speech.failures : 0
            )
        ]
    }

    private func synthesising(_ generation: Generation) -> Int? {
        speeches.firstIndex { $0.generation == generation && $0.stage == .synthesising }
    }

    private mutating func speechRendered(_ index: Int) {
        let speech = speeches[index]
        let received = ledger.receivedBytes(speech.generation)
        guard received > 0 else {
            speechFailed(index, Failure("noAudio"))
            return
        }
        failedSpeeches = 0
        cancelTimer(.speech)
        if speech.isComplete { rate.learned(characters: speech.text.characters, bytes: received) }
        finishRendering(index)
        advanceSpeech()
    }

    private mutating func speechFailed(_ index: Int, _ failure: Failure) {
        cancelTimer(.speech)
        record(.speechFailed(turn: speeches[index].turn, speeches[index].generation, failure))
        // A prepared speech may have failed for want of the session only.
        speechBroke(index, failures: speeches[index].prepared == nil ? 1 : 0)
        if failedSpeeches >= Self.maximumFailedSpeeches {
            end(.speechFailed, by: .hangUp)
        } else {
            advanceSpeech()
        }
    }

    /// No more audio of a speech will arrive: what has arrived is heard, the rest is said again, unless in vain.
    private mutating func speechBroke(_ index: Int, failures: Int) {
        let speech = speeches[index]
        let received = ledger.receivedBytes(speech.generation)
        let spoken = speech.text.characters(in: received, of: received, isRendered: false, rate: rate)
        let kept = speech.text.split(atSentence: spoken).heard
        var broken = speech
        broken.failures += failures
        var rest: [Speech] = []
        if speech.kind != .filler, !kept.isEmpty || broken.failures < Self.maximumSpeechFailures {
            rest = sayAgain(broken, from: spoken, mayBePrepared: false)
            // What failed at once may be the first sign of a lost session.
            if failures > 0, !rest.isEmpty { rest[0].notBefore = now + settings.limits.speechRetry }
        } else {
            log.agentWasCut(speech.generation, to: kept)
            if speech.kind != .filler { failedSpeeches += 1 }
        }
        // What waits behind it takes later numbers than the rest of it.
        let waiting = speeches[(index + 1)...].map { renumbered($0, isNeeded: !rest.isEmpty) }
        speeches.replaceSubrange((index + 1)..., with: rest + waiting)
        if received > 0 {
            speeches[index].text.cut(to: kept)
            finishRendering(index)
        } else {
            ledger.removed(speech.generation)
            speeches.remove(at: index)
        }
    }

    private mutating func finishRendering(_ index: Int) {
        let generation = speeches[index].generation
        speeches[index].stage = .rendered
        speeches[index].isComplete = true
        let (mark, heard) = ledger.rendered(generation)
        if let mark { emit(.mark(mark)) }
        playbackAdvanced(heard)
        if ledger.front?.generation == generation { awaitLastMark() }
    }

    private mutating func renumbered(_ speech: Speech, isNeeded: Bool) -> Speech {
        guard isNeeded else { return speech }
        let generation = nextGeneration()
        lastSpeech = generation
        log.renumbered(speech.generation, as: generation)
        if reply?.speech == speech.generation { reply?.speech = generation }
        return Speech(
            generation: generation,
            kind: speech.kind,
            turn: speech.turn,
            prepared: speech.prepared,
            text: speech.text,
            isComplete: speech.isComplete,
            failures: speech.failures
        )
    }
}
