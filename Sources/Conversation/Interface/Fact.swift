/// Something worth noting about a call: for the log, the metrics, the transcript and the latency waterfall of a turn.
///
/// The shell adds the time, which is that of the input that led to it. `turn` counts the caller's turns from 1; 0 is
/// what comes before the first. A reply's facts carry its turn, so that a waterfall is what one turn's facts make.
package enum Fact: Sendable, Equatable {
    /// Media flows; the conversation begins.
    case callStarted
    /// The caller's turn was settled; `lastSpeech` is when the caller was last heard.
    case turnCommitted(turn: Int, text: String, cause: TurnCause, lastSpeech: CallTime)
    /// Words of the caller that needed no answer.
    case backchannel(text: String)
    /// What the caller heard of a speech; one transcript line of the agent.
    case agentSaid(turn: Int, Generation, text: String, interrupted: Bool)
    /// The model was asked; `attempt` and `round` count from 1.
    case replyRequested(turn: Int, Generation, attempt: Int, round: Int)
    /// The first words or tool call of a reply arrived.
    case firstToken(turn: Int, Generation)
    /// The first words of a speech went to the synthesis, or a prepared speech was asked for.
    case firstText(turn: Int, Generation)
    /// The first audio of a speech arrived.
    case firstAudio(turn: Int, Generation)
    /// The first audio of a speech was handed to the network.
    case firstMedia(turn: Int, Generation)
    /// The first mark of a speech came back: the caller has heard it begin.
    case firstHeard(turn: Int, Generation)
    /// A speech has been heard to its end, or its marks never came back (`confirmed` is false).
    case speechFinished(turn: Int, Generation, confirmed: Bool)
    /// The model's reply is complete.
    case replyEnded(turn: Int, Generation, LLMEvent.StopReason)
    /// The model's reply failed.
    case replyFailed(turn: Int, Generation, Failure)
    /// A speech failed.
    case speechFailed(turn: Int, Generation, Failure)
    /// The caller cut the agent off after hearing this much of what was being said.
    case interrupted(turn: Int, cause: InterruptionCause, heard: Milliseconds)
    /// An interruption turned out to be none.
    case falseInterruption(turn: Int)
    /// A tool was started.
    case toolStarted(turn: Int, id: String, name: String)
    /// A tool call was answered.
    case toolAnswered(turn: Int, id: String, outcome: ToolOutcome)
    /// A filler was said because the line was silent.
    case fillerSaid(turn: Int)
    /// The caller was asked whether they are there, for the n-th time.
    case noInput(count: Int)
    /// A session was lost.
    case roleLost(Role, Failure)
    /// A session is back after this long.
    case roleRegained(Role, away: Milliseconds)
    /// The call ended; always the last fact.
    case callEnded(EndReason, turns: Int)
}

/// What settled a turn.
package enum TurnCause: Sendable, Equatable {
    /// The provider said so.
    case provider(EndOfTurnReason)
    /// The provider settled the words after being asked to.
    case finalized
    /// The provider was quiet for too long.
    case backstop
    /// Keys were pressed.
    case keys
}

/// What an interruption was recognised by.
package enum InterruptionCause: String, Sendable, Equatable {
    /// Words not settled yet.
    case interim
    /// Settled words.
    case final
    /// A key.
    case key
    /// The media stream broke and came back.
    case stream
}

/// How a tool call was answered.
package enum ToolOutcome: String, Sendable, Equatable {
    /// By its result.
    case result
    /// By a result that tells of an error.
    case error
    /// By the conversation, because the caller spoke on.
    case cancelled
    /// By the conversation, because no result came in time.
    case timedOut
    /// By the conversation, because the session was lost while it ran.
    case lost
    /// By the conversation, because it cannot be run: an unknown tool, or too many.
    case refused
}

/// Why a call ended.
package enum EndReason: Sendable, Equatable {
    /// The shell said so.
    case stopped(CallStop)
    /// The agent ended the call.
    case agentHungUp
    /// The agent transferred the call.
    case transferred(destination: String)
    /// The caller stayed silent.
    case noInput
    /// The call reached its longest duration.
    case maximumDuration
    /// A role stayed away too long.
    case roleAway(Role)
    /// Nothing could be said any more.
    case speechFailed
    /// The operator ended the call.
    case operatorHungUp
}
