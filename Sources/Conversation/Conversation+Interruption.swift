// Cutting the agent off, and going on if it was for nothing.
extension Conversation {
    /// What the model is told when it has to go on in the middle of a reply.
    static let goOnNotice = "[the caller did not interrupt after all; go on from where you stopped]"

    /// The caller cuts off what is being said and thought; tools at work are left alone until the turn is settled.
    mutating func interrupt(_ cause: InterruptionCause) {
        var (cut, heard) = silenceAgent()
        cut.closing = closing
        closing = nil
        cancelTimer(.closing)
        if let stage = reply?.stage, stage != .runningTools { reply?.stage = .suspended }
        interruption = cut
        record(.interrupted(turn: turn, cause: cause, heard: heard))
        if cause == .interim { setTimer(.falseInterruption, settings.turn.falseInterruption) }
    }

    /// Stops all that is being said and thought, and cuts the history to what was heard of it.
    ///
    /// Returns what was not heard, without what a reply that is still being made would have to say anew, and how much
    /// was heard of what was cut off.
    mutating func silenceAgent() -> (cut: Interruption, heard: Milliseconds) {
        let unfinished = reply?.generation == nil ? nil : reply?.speech
        let cut = cutSpeeches(unfinished: unfinished)
        if let generation = reply?.generation {
            emit(.cancelGeneration(generation))
            cancelTimer(.reply)
        }
        return cut
    }

    /// Stops all that is being said, and cuts the history to what was heard of it.
    mutating func cutSpeeches(unfinished: Generation? = nil) -> (cut: Interruption, heard: Milliseconds) {
        if speeches.contains(where: { $0.stage != .waiting }) { emitClear() }
        for speech in speeches where speech.stage == .synthesising { emit(.cancelSpeech(speech.generation)) }
        var cut = Interruption()
        var heard: Milliseconds = 0
        for speech in speeches {
            heard += heardTime(of: speech)
            let split = recordHeard(speech, isCut: true)
            let wasHeard = !split.heard.isEmpty && speech.kind != .filler
            if wasHeard { cut.heardWords = true }
            if speech.generation == unfinished {
                cut.heardUnfinished = wasHeard
            } else if speech.isResumable, !split.rest.isBlank {
                cut.rest.append(
                    Interruption.Piece(
                        generation: speech.generation,
                        text: split.rest,
                        kind: speech.kind,
                        turn: speech.turn
                    )
                )
            }
        }
        speeches = []
        ledger.cleared()
        cancelTimer(.speech)
        cancelTimer(.playback)
        return (cut, heard)
    }

    /// No settled words have come since the interruption: it was none, unless there is still voice.
    mutating func interruptionStayedUnsettled() {
        guard let interruption, !digits.isCollecting, !endOfTurn.hasSettledWords else { return }
        if endOfTurn.hasWords, endOfTurn.isVoiceActive, interruption.extensions < Interruption.maximumExtensions {
            self.interruption?.extensions += 1
            setTimer(.falseInterruption, settings.turn.falseInterruption)
            return
        }
        take(endOfTurn.interimDropped())
        resume()
    }

    /// Goes on where the agent was cut off: at the first word that was not heard.
    mutating func resume() {
        guard let cut = interruption else { return }
        interruption = nil
        cancelTimer(.falseInterruption)
        record(.falseInterruption(turn: turn))
        for piece in cut.rest {
            let generation = nextGeneration()
            log.agentBegan(generation, piece.text, after: piece.generation)
            enqueue(
                Speech(
                    generation: generation,
                    kind: piece.kind,
                    turn: piece.turn,
                    text: SpokenText(piece.text),
                    isComplete: true
                )
            )
        }
        if let closing = cut.closing { beginClosing(closing) }
        advanceSpeech()
        if reply?.stage == .suspended {
            if cut.heardUnfinished { log.noticed(Self.goOnNotice) }
            requestReply()
        } else {
            continueAfterTools()
        }
    }

    /// Makes sure that an interruption is followed by a turn, or found to be none.
    mutating func boundInterruption() {
        guard interruption != nil else { return }
        let bounds: [TimerID] = [.falseInterruption, .backstop, .finalize, .digits]
        if !bounds.contains(where: timers.isRunning) {
            setTimer(.falseInterruption, settings.turn.falseInterruption)
        }
    }
}
