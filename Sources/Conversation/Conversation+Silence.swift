// The silent line.
extension Conversation {
    /// Tells the silence watch what goes on on the line.
    mutating func watchSilence() {
        take(silence.lineBecame(line))
    }

    /// Does what the silence watch wants.
    mutating func take(_ action: SilenceWatch.Action) {
        switch action {
        case .none:
            break
        case .stop:
            cancelTimer(.filler)
            cancelTimer(.noInput)
        case .awaitReply(let time):
            cancelTimer(.noInput)
            setTimer(.filler, time)
        case .awaitCaller(let time):
            cancelTimer(.filler)
            setTimer(.noInput, time)
        }
    }

    /// The caller waits for a reply and hears nothing.
    mutating func replyStayedAway() {
        silence.replyStayedAway()
        record(.fillerSaid(turn: turn))
        say(.filler, as: .filler)
    }

    /// The caller is silent although it is their turn.
    mutating func callerStayedSilent() {
        switch silence.callerStayedSilent(isVoiceActive: endOfTurn.isVoiceActive) {
        case .wait:
            take(silence.silenceBegan())
        case .ask(let index):
            record(.noInput(count: index + 1))
            say(.noInput(index), as: .question)
        case .giveUp:
            beginClosing(Closing(reason: .noInput, isInterruptible: true))
            say(.goodbye, as: .farewell)
        }
    }

    private var line: SilenceWatch.Line {
        let isSpeaking = !speeches.isEmpty || closing != nil
        let isSpokenTo = endOfTurn.hasWords || digits.isCollecting || interruption != nil
        if isSpeaking || isSpokenTo { return .busy }
        if reply != nil { return .thinking }
        // Without a transcription the caller's silence shows nothing; the lost role has its own limit.
        return roles.isLost(.stt) ? .busy : .listening
    }
}
