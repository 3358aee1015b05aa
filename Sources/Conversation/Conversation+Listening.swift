// What the caller says, and when it becomes a turn.
extension Conversation {
    /// The gateway's detector heard the caller begin or end.
    mutating func voiceActivityChanged(_ activity: VoiceActivity) {
        switch activity {
        case .started:
            endOfTurn.voiceActivityStarted()
        case .ended:
            take(endOfTurn.voiceActivityEnded(at: now))
            if timers.isRunning(.noInput) { take(silence.silenceBegan()) }
        }
    }

    /// The transcription session reported something.
    mutating func transcriptReceived(_ event: STTEvent) {
        if let closing, !closing.isInterruptible { return }
        switch event {
        case .interim(let text): wordsReceived(text, isSettled: false)
        case .final(let text): wordsReceived(text, isSettled: true)
        case .speechStarted: break  // no end is reported for it; words follow if it matters
        case .endOfTurn(let reason): take(endOfTurn.endOfTurnReceived(reason, at: now))
        }
    }

    private mutating func wordsReceived(_ text: String, isSettled: Bool) {
        let fresh = endOfTurn.unanswered(text, isSettled: isSettled, at: now)
        if interruption == nil, isBusy {
            let words = [endOfTurn.settledText, fresh].filter { !$0.isEmpty }.joined(separator: " ")
            switch fresh.isEmpty ? .nothing : bargeIn.verdict(on: words, isSettled: isSettled, target: target) {
            case .backchannel:
                guard isSettled else { return }
                take(endOfTurn.spanDropped())
                record(.backchannel(text: fresh))
                return
            case .interruption:
                interrupt(isSettled ? .final : .interim)
            case .nothing, .tooFew, .forbidden:
                break
            }
        }
        take(isSettled ? endOfTurn.finalReceived(fresh, at: now) : endOfTurn.interimReceived(fresh, at: now))
    }

    /// Does what the end-of-turn detector wants.
    mutating func take(_ action: EndOfTurnDetector.Action) {
        switch action {
        case .none:
            break
        case .wait(let time):
            cancelTimer(.finalize)
            setTimer(.backstop, time)
            silence.callerSpoke()
            if timers.isRunning(.falseInterruption) {
                if endOfTurn.hasSettledWords {
                    cancelTimer(.falseInterruption)
                } else {
                    setTimer(.falseInterruption, settings.turn.falseInterruption)
                }
            }
        case .askForTranscript(let deadline):
            if roles.isOpen(.stt) { emit(.finalizeTranscript) }
            setTimer(.finalize, deadline)
        case .idle:
            stopListeningTimers()
        case .nothingHeard:
            stopListeningTimers()
            // The provider is sure that nothing was said: what was cut off goes on at once.
            if interruption != nil, !digits.isCollecting { resume() }
        case .turnEnded(let text, let cause):
            stopListeningTimers()
            turnEnded(text, cause)
        }
    }

    private mutating func stopListeningTimers() {
        cancelTimer(.backstop)
        cancelTimer(.finalize)
    }

    /// The caller has finished: answer, or hold the words until they can be answered.
    mutating func turnEnded(_ text: String, _ cause: TurnCause) {
        if closing != nil, target == .protected { return }
        if digits.isCollecting || (reply != nil && interruption == nil && target == .protected) {
            heldTurns.append(HeldTurn(text: text, cause: cause))
            return
        }
        let held = heldTurns.map(\.text)
        heldTurns = []
        commitTurn((held + [text]).joined(separator: "\n"), cause)
    }

    /// Answers held words once nothing stands against it any more.
    mutating func answerHeldTurns() {
        guard let last = heldTurns.last, !digits.isCollecting, closing == nil else { return }
        guard reply == nil || interruption != nil || target != .protected else { return }
        let text = heldTurns.map(\.text).joined(separator: "\n")
        heldTurns = []
        commitTurn(text, last.cause)
    }

    private mutating func commitTurn(_ text: String, _ cause: TurnCause) {
        if interruption == nil, isBusy, target != .protected { interrupt(cause == .keys ? .key : .final) }
        let cut = interruption
        interruption = nil
        cancelTimer(.falseInterruption)
        silence.callerSpoke()
        turn += 1
        log.callerSaid(text, spokeOver: cut?.heardWords ?? false)
        log.trim(toBytes: settings.limits.historyBytes)
        record(.turnCommitted(turn: turn, text: text, cause: cause, lastSpeech: endOfTurn.lastHeard))
        cancelReadOnlyTools()
        reply = Reply(turn: turn)
        if tools.isIdle {
            requestReply()
        } else {
            reply?.stage = .runningTools
        }
    }

    /// Whether the agent owes a reply, says something or is about to end the call.
    var isBusy: Bool { reply != nil || !speeches.isEmpty || closing != nil }

    /// What words of the caller would cut off now.
    var target: BargeInDetector.Target {
        if isProtected { return .protected }
        if speeches.isEmpty, closing == nil { return .thought }
        guard settings.turn.bargeIn.isEnabled else { return .protected }
        if closing != nil { return .farewell }
        return speeches.contains { $0.kind == .question } ? .question : .speech
    }

    /// Whether something is being said that not even keys cut off.
    var isProtected: Bool {
        if let closing, !closing.isInterruptible { return true }
        return settings.turn.bargeIn.protectsGreeting && speeches.contains { $0.kind == .greeting }
    }
}
