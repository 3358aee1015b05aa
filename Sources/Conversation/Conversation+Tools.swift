// The tools the model calls.
extension Conversation {
    /// Starts the calls of the reply that has just ended, all at once, or begins the farewell.
    mutating func callTools() {
        guard var reply else { return }
        let calls = reply.calls.map { tools.admitted($0) }
        let isTooLate = reply.round > settings.limits.toolRounds
        log.called(calls)
        reply.stage = .runningTools
        self.reply = reply
        var ending: EndReason?
        for call in calls {
            guard let tool = settings.tools.first(where: { $0.name == call.name }) else {
                refuse(call, "There is no tool of this name.")
                continue
            }
            switch tool.kind {
            case .endCall:
                if ending == nil { ending = .agentHungUp }
            case .transferCall(let destination):
                if ending == nil || ending == .agentHungUp { ending = .transferred(destination: destination) }
            case .external where isTooLate:
                refuse(call, "Too many tool calls in a row; answer the caller with what you know.")
            case .external:
                start(call, tool, resultBytes: settings.limits.toolResultBytes / max(calls.count, 1))
            }
        }
        if let ending {
            sayFarewell(ending, wasSaid: reply.hasText)
        } else if reply.round > settings.limits.toolRounds + 1 {
            apologize()
        } else {
            continueAfterTools()
        }
    }

    /// A tool has finished; only the first answer to a call that is waited for counts.
    mutating func toolFinished(_ id: String, _ content: String, isError: Bool) {
        answer(id, content, isError ? .error : .result)
        continueAfterTools()
    }

    /// A tool has taken too long.
    mutating func toolTimedOut(_ id: String) {
        answer(id, "The tool did not answer in time; whether it took effect is not known.", .timedOut)
        continueAfterTools()
    }

    /// Asks the model to go on once all calls are answered and nobody cut in.
    mutating func continueAfterTools() {
        guard tools.isIdle, interruption == nil, closing == nil, let reply, reply.stage == .runningTools else { return }
        // A turn that only had to wait for the tools of an earlier one is no new round.
        if !reply.calls.isEmpty { self.reply?.nextRound() }
        requestReply()
    }

    /// The caller has spoken on: tools that change nothing are not waited for any more.
    mutating func cancelReadOnlyTools() {
        for running in tools.running where !running.hasEffect {
            answer(running.call.id, History.unanswered, .cancelled)
        }
    }

    /// The session the tools ran in is gone; they are not run again, as they may have run.
    mutating func answerLostTools() {
        for running in tools.running {
            answer(running.call.id, "The tool's answer was lost; whether it took effect is not known.", .lost)
        }
    }

    private mutating func start(_ call: ToolCall, _ tool: ToolSettings, resultBytes: Int) {
        tools.started(call, hasEffect: tool.hasEffect, resultBytes: resultBytes)
        emit(.runTool(call, idempotencyKey: "\(settings.callID):\(call.id)"))
        setTimer(.tool(call.id), tool.deadline)
        record(.toolStarted(turn: turn, id: call.id, name: call.name))
    }

    private mutating func refuse(_ call: ToolCall, _ reason: String) {
        log.answered(call.id, content: reason, isError: true)
        record(.toolAnswered(turn: turn, id: call.id, outcome: .refused))
    }

    private mutating func answer(_ id: String, _ content: String, _ outcome: ToolOutcome) {
        guard let running = tools.answered(id: id) else { return }
        cancelTimer(.tool(id))
        log.answered(id, content: content.prefix(bytes: running.resultBytes), isError: outcome != .result)
        record(.toolAnswered(turn: turn, id: id, outcome: outcome))
    }

    /// The call ends once what the model said with the call, or a fixed sentence, was heard.
    private mutating func sayFarewell(_ reason: EndReason, wasSaid: Bool) {
        reply = nil
        beginClosing(Closing(reason: reason, isInterruptible: true))
        guard !wasSaid else { return }
        if case .transferred = reason { say(.transfer, as: .farewell) } else { say(.goodbye, as: .farewell) }
    }
}
