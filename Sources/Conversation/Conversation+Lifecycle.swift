// The beginning and the end of a call.
extension Conversation {
    /// The call was admitted: sessions are opened ahead.
    mutating func callPrepared() {
        guard phase == .idle else { return }
        phase = .prepared
        openSessions()
    }

    /// Media flows: the agent says its greeting, or listens.
    mutating func streamStarted() {
        guard phase == .idle || phase == .prepared else { return }
        if phase == .idle { openSessions() }
        phase = .live
        record(.callStarted)
        setTimer(.maximumDuration, settings.limits.callDuration)
        for role in Role.allCases where roles.isLost(role) {
            setTimer(.roleAway(role), settings.limits.roleAway)
            if !timers.isRunning(.reopen(role)) { reopen(role) }
        }
        say(.greeting, as: .greeting)
    }

    /// A new stream took over: what the old one had buffered is said again, from the sentence that broke off.
    mutating func streamResumed() {
        guard phase == .live else {
            streamStarted()
            return
        }
        guard speeches.contains(where: { $0.stage != .waiting }) else { return }
        emitClear()
        let cut = speeches
        speeches = []
        var heard: Milliseconds = 0
        for speech in cut {
            if speech.stage == .synthesising { emit(.cancelSpeech(speech.generation)) }
            heard += heardTime(of: speech)
            guard speech.isResumable else {
                _ = recordHeard(speech, isCut: true)
                continue
            }
            let spoken = heardCharacters(of: speech)
            noteHeard(speech, speech.text.split(atSentence: spoken).heard, isCut: true)
            speeches += sayAgain(speech, from: spoken, mayBePrepared: true)
        }
        ledger.cleared()
        cancelTimer(.speech)
        cancelTimer(.playback)
        record(.interrupted(turn: turn, cause: .stream, heard: heard))
        advanceSpeech()
    }

    /// The operator wants the call ended: with a goodbye the first time, at once the second.
    mutating func operatorHungUp() {
        switch phase {
        case .idle, .prepared:
            end(.operatorHungUp, by: .hangUp)
        case .live:
            if let closing, !closing.isInterruptible {
                end(closing)
            } else {
                close(.operatorHungUp, saying: .goodbye)
            }
        case .ended:
            break
        }
    }

    /// Ends the call after a fixed sentence, whatever is going on; the caller cannot keep it up.
    mutating func close(_ reason: EndReason, saying sentence: PreparedSpeech) {
        if let closing, !closing.isInterruptible { return }
        _ = silenceAgent()
        reply = nil
        interruption = nil
        heldTurns = []
        cancelReadOnlyTools()
        endOfTurn.discard()
        digits.discard()
        for timer in [TimerID.backstop, .finalize, .falseInterruption, .digits] { cancelTimer(timer) }
        beginClosing(Closing(reason: reason, isInterruptible: false))
        say(sentence, as: .farewell)
    }

    /// The call ends once everything that is being said was heard.
    mutating func beginClosing(_ closing: Closing) {
        self.closing = closing
        setTimer(.closing, settings.limits.closing)
    }

    /// Ends the call if the last words were heard and no tool that changes the world is at work.
    mutating func finishClosing() {
        guard let closing, speeches.isEmpty, !tools.hasRunningEffect else { return }
        end(closing)
    }

    /// Ends the call as the farewell meant to.
    mutating func end(_ closing: Closing) {
        if case .transferred(let destination) = closing.reason {
            end(closing.reason, by: .transfer(destination: destination))
        } else {
            end(closing.reason, by: .hangUp)
        }
    }

    /// Ends the call: nothing is held any more, and nothing follows.
    mutating func end(_ reason: EndReason, by effect: ConversationEffect?) {
        for speech in speeches { _ = recordHeard(speech, isCut: true) }
        for timer in timers.running { emit(.cancelTimer(timer)) }
        for role in roles.held { emit(.closeSession(role)) }
        record(.callEnded(reason, turns: turn))
        if let effect { emit(effect) }
        phase = .ended
        timers.removeAll()
        roles.closed()
        speeches = []
        ledger.cleared()
        reply = nil
        interruption = nil
        closing = nil
        heldTurns = []
    }

    private mutating func openSessions() {
        for role in Role.allCases {
            roles.opened(role, at: now)
            emit(.openSession(role))
        }
    }
}
