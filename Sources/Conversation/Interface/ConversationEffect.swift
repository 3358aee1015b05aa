/// What the shell must do for a call, in the order given.
package enum ConversationEffect: Sendable, Equatable {
    /// Open a session of this role; `roleLost` answers a failure, `roleRegained` a success after a loss.
    ///
    /// Effects for the role may follow at once and wait in the shell until the session is open. The shell may add
    /// jitter of its own to a repeated opening.
    case openSession(Role)
    /// Close the session of this role; nothing more is reported of it.
    case closeSession(Role)
    /// Ask the transcription session to settle what it has heard.
    case finalizeTranscript
    /// Ask the model for a reply to this whole history, which ends with a user message.
    case generate(Generation, [Message])
    /// Stop the model; nothing more is reported of this generation.
    case cancelGeneration(Generation)
    /// Begin a synthesis; at most one is under way at a time.
    case beginSpeech(Generation)
    /// Send the next words of the speech to the synthesis.
    case speakText(Generation, String)
    /// No more words will come: synthesise what is left.
    case endSpeech(Generation)
    /// Stop the synthesis and drop its audio that has not been handed to the pacer's queue yet.
    case cancelSpeech(Generation)
    /// Play a fixed sentence: from the cache, else by synthesis; either way `TTSEvent`s follow as for a speech.
    case playPrepared(Generation, PreparedSpeech)
    /// Drop all unsent audio of the call, then empty the network's play-out buffer (Twilio `clear`).
    ///
    /// Always the first effect of its list.
    case clear
    /// Send a mark with this name (`g<generation>:m<serial>`) right behind the media handed over so far.
    case mark(String)
    /// Start this timer, or restart it if it runs; `ConversationInput.timer` reports its end.
    case setTimer(TimerID, milliseconds: Milliseconds)
    /// Stop this timer; it does not fire any more.
    case cancelTimer(TimerID)
    /// Run a tool; `toolResult` answers it. The key is the same for every attempt at the same call.
    case runTool(ToolCall, idempotencyKey: String)
    /// Give the call to this number; the conversation is over.
    case transfer(destination: String)
    /// End the call; the conversation is over.
    case hangUp
    /// Note a fact for logs, metrics and reports.
    case record(Fact)
}

/// A sentence of fixed wording that the shell may hold as ready audio; see `ConversationSettings.text(of:)`.
package enum PreparedSpeech: Sendable, Hashable {
    /// The first words of a call.
    case greeting
    /// Said while the caller waits for a reply.
    case filler
    /// Said when no reply could be made.
    case apology
    /// Said when the model declines.
    case refusal
    /// Said before a transfer if the model said nothing itself.
    case transfer
    /// Said before a hang-up if the model said nothing itself.
    case goodbye
    /// Said before the call is given up because a role stays away.
    case outage
    /// The question to a silent caller with this index, from 0.
    case noInput(Int)
}

/// The timers of a call; each runs at most once at a time.
package enum TimerID: Sendable, Hashable {
    /// Ends the caller's turn if the provider does not.
    case backstop
    /// How long a transcript that was asked for is waited for.
    case finalize
    /// How long an interruption may stay without settled words.
    case falseInterruption
    /// Silence of the line while a reply is being made.
    case filler
    /// Silence of the caller while the agent listens.
    case noInput
    /// Progress of the model.
    case reply
    /// Progress of the synthesis.
    case speech
    /// The return of the last mark.
    case playback
    /// The next key of a sequence.
    case digits
    /// The result of the tool call with this id.
    case tool(String)
    /// The next attempt at opening a lost session.
    case reopen(Role)
    /// How long a role may stay away.
    case roleAway(Role)
    /// The last bound of the farewell before a hang-up or transfer.
    case closing
    /// The longest a call may last.
    case maximumDuration
}
