// The reply a turn is owed, as the model makes it.
extension Conversation {
    /// What the model is told when it has said nothing.
    static let nudge = "[you said nothing; please answer the caller]"

    /// Asks the model, now or once its session is back.
    mutating func requestReply() {
        guard var reply = self.reply else { return }
        guard roles.isOpen(.llm) else {
            self.reply?.stage = .waitingForModel
            return
        }
        let generation = nextGeneration()
        reply.began(generation, at: now)
        self.reply = reply
        emit(.generate(generation, log.request()))
        setTimer(.reply, settings.limits.firstToken)
        record(.replyRequested(turn: reply.turn, generation, attempt: reply.attempt, round: reply.round))
    }

    /// The model session reported something; older generations are of no interest.
    mutating func modelReported(_ event: LLMEvent) {
        switch event {
        case .began(let generation):
            if isCurrent(generation) { reply?.lastProgress = now }
        case .text(let generation, let text):
            guard isCurrent(generation) else { return }
            modelGotOn()
            modelSaid(text, generation)
        case .toolCall(let generation, let call):
            guard isCurrent(generation) else { return }
            modelGotOn()
            let isRepeated = !call.id.isEmpty && reply?.calls.contains { $0.id == call.id } == true
            let isOneTooMany = (reply?.calls.count ?? 0) >= settings.limits.parallelTools
            if !isRepeated, !isOneTooMany { reply?.calls.append(call) }
        case .ended(let generation, let reason):
            if isCurrent(generation) { modelEnded(reason, generation) }
        case .failed(let generation, let failure):
            if isCurrent(generation) { modelFailed(failure, generation) }
        }
    }

    /// The model has made no progress for a while: it counts as failed if that was too long.
    mutating func modelMadeNoProgress() {
        guard let reply, let generation = reply.generation else { return }
        let limit = reply.sawOutput ? settings.limits.nextToken : settings.limits.firstToken
        let idle = now - reply.lastProgress
        if idle < limit {
            setTimer(.reply, limit - idle)
        } else {
            emit(.cancelGeneration(generation))
            modelFailed(Failure("timedOut"), generation)
        }
    }

    /// The model's session is gone: what was said stays, what was not is asked for again once it is back.
    mutating func modelLost() {
        answerLostTools()
        guard reply?.generation != nil else {
            continueAfterTools()
            return
        }
        cancelTimer(.reply)
        if dropUnheardReply() {
            reply?.stage = .waitingForModel
        } else {
            completeReplySpeech()
            reply = nil
        }
    }

    /// The model's session is back.
    mutating func modelRegained() {
        if reply?.stage == .waitingForModel { requestReply() }
    }

    /// Says that no reply could be made, and listens again.
    mutating func apologize() {
        reply = nil
        say(.apology, as: .reply)
    }

    private func isCurrent(_ generation: Generation) -> Bool {
        reply?.generation == generation
    }

    private mutating func modelGotOn() {
        guard let reply, let generation = reply.generation else { return }
        if !reply.sawOutput { record(.firstToken(turn: reply.turn, generation)) }
        self.reply?.sawOutput = true
        self.reply?.lastProgress = now
    }

    private mutating func modelSaid(_ text: String, _ generation: Generation) {
        guard let reply, reply.characters < settings.limits.replyCharacters else { return }
        self.reply?.characters += text.count
        let index = reply.speech.flatMap { speech in
            speeches.firstIndex { $0.generation == speech && !$0.isComplete }
        }
        if let index {
            let speech = speeches[index].generation
            speeches[index].text.append(text)
            log.agentWentOn(speech, text)
            if speeches[index].stage == .synthesising, !text.isEmpty { emit(.speakText(speech, text)) }
            return
        }
        let beginning = String(text.drop(while: \.isWhitespace))
        guard !beginning.isEmpty else { return }
        let speech = generation > lastSpeech ? generation : nextGeneration()
        self.reply?.hasText = true
        self.reply?.speech = speech
        log.agentBegan(speech, beginning)
        enqueue(
            Speech(
                generation: speech,
                kind: .reply,
                turn: reply.turn,
                text: SpokenText(beginning),
                isComplete: false
            )
        )
        advanceSpeech()
    }

    private mutating func modelEnded(_ reason: LLMEvent.StopReason, _ generation: Generation) {
        guard let reply else { return }
        cancelTimer(.reply)
        record(.replyEnded(turn: reply.turn, generation, reason))
        if reason == .refusal {
            modelRefused()
            return
        }
        completeReplySpeech()
        if !reply.calls.isEmpty {
            callTools()
        } else if reply.hasText {
            self.reply = nil
        } else if reply.wasNudged {
            apologize()
        } else {
            if reason == .contextExceeded { log.trim(toBytes: settings.limits.historyBytes / 8) }
            self.reply?.wasNudged = true
            log.noticed(Self.nudge)
            requestReply()
        }
    }

    /// What the model said before it declined must not stay (Anthropic Messages API, streaming refusals).
    private mutating func modelRefused() {
        let speech = reply?.speech
        reply = nil
        if let speech, speeches.contains(where: { $0.generation == speech }) { _ = silenceAgent() }
        if let speech { log.agentWasCut(speech, to: "") }
        say(.refusal, as: .reply)
    }

    private mutating func modelFailed(_ failure: Failure, _ generation: Generation) {
        guard let reply else { return }
        cancelTimer(.reply)
        record(.replyFailed(turn: reply.turn, generation, failure))
        if !dropUnheardReply() {
            completeReplySpeech()
            self.reply = nil
        } else if reply.failures == 0 {
            self.reply?.failures += 1
            requestReply()
        } else {
            apologize()
        }
    }

    /// Takes back what the model has said in its current generation if no audio of it has arrived yet.
    ///
    /// Returns false if there is audio: then what was said stays said.
    private mutating func dropUnheardReply() -> Bool {
        guard let reply, reply.hasText else { return true }
        guard let speech = reply.speech, let index = speeches.firstIndex(where: { $0.generation == speech }),
            ledger.receivedBytes(speech) == 0
        else { return false }
        if speeches[index].stage == .synthesising {
            emit(.cancelSpeech(speech))
            cancelTimer(.speech)
        }
        speeches.remove(at: index)
        ledger.removed(speech)
        log.agentWasCut(speech, to: "")
        advanceSpeech()
        return true
    }
}
