/// Everything that can happen to a call, as its conversation sees it.
///
/// Inputs are facts about the past, without bytes: media frames do not enter, only counts of them and the verdicts of
/// detectors. Any order is legal; what makes no sense where it arrives is ignored.
package enum ConversationInput: Sendable, Equatable {
    /// The call was admitted at the webhook: its sessions are opened ahead of the media stream.
    case callPrepared
    /// Media flows both ways from now on.
    case streamStarted
    /// A new media stream replaced a broken one of the same call; what the old one had buffered is lost.
    case streamResumed
    /// The gateway's own detector heard speech begin or end.
    case voiceActivity(VoiceActivity)
    /// Something came from the transcription session.
    case stt(STTEvent)
    /// Something came from the language model session.
    case llm(LLMEvent)
    /// A tool started with `runTool` has finished.
    case toolResult(id: String, content: String, isError: Bool)
    /// Something came from the synthesis session, or from the shell for a prepared speech.
    case tts(TTSEvent)
    /// The pacer handed this many bytes of the generation's audio to the telephone network.
    ///
    /// Audio is handed over in the order it was received, generation after generation; padding of a last frame may be
    /// counted or not.
    case mediaSent(Generation, bytes: Int)
    /// A mark came back; names not given out by `ConversationEffect.mark` are ignored.
    case mark(name: String)
    /// The caller pressed a key: 0-9, *, #, A-D; others are ignored.
    case dtmf(Character)
    /// A timer set by `ConversationEffect.setTimer` ran out.
    case timer(TimerID)
    /// The session of this role is gone: its worker died, its link broke, or it could not be opened.
    case roleLost(Role, Failure)
    /// The session of this role is open again after `openSession`; harmless if it was never lost.
    case roleRegained(Role)
    /// The operator wants the call ended; said politely once, at once when repeated.
    case operatorHangUp
    /// The call is over; nothing can be sent any more.
    case stopped(CallStop)
}

/// What the gateway's own voice activity detector says about the caller's audio.
package enum VoiceActivity: Sendable, Equatable {
    /// The caller (or noise) began to be heard.
    case started
    /// The caller fell silent.
    case ended
}

/// The kinds of worker a call has a session with.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Speech to text.
    case stt
    /// The language model and its tools.
    case llm
    /// Text to speech.
    case tts
}

/// What a transcription session reports.
package enum STTEvent: Sendable, Equatable {
    /// The words of the current unsettled span, replacing the interim before it.
    case interim(String)
    /// The settled words of a span, which end it; empty is normal.
    case final(String)
    /// The provider heard speech begin; may be repeated or missing.
    case speechStarted
    /// The provider holds the caller's turn to be over.
    case endOfTurn(EndOfTurnReason)
}

/// Why a provider holds a turn to be over.
package enum EndOfTurnReason: String, Sendable, Equatable {
    /// Silence after speech (Deepgram listen v1, `speech_final`), or the provider's own turn model.
    case speechFinal
    /// The gap after the last word (Deepgram listen v1, UtteranceEnd message).
    case utteranceEnd
    /// The transcript was asked for by `ConversationEffect.finalizeTranscript`.
    case finalize
}

/// What a language model session reports.
package enum LLMEvent: Sendable, Equatable {
    /// The provider accepted the request.
    case began(Generation)
    /// The next words of the reply, cut anywhere.
    case text(Generation, String)
    /// A whole tool call of the reply; it is run once the reply has ended.
    case toolCall(Generation, ToolCall)
    /// The reply is complete.
    case ended(Generation, StopReason)
    /// The reply broke off or never came; the session lives on.
    case failed(Generation, Failure)

    /// Why the model stopped.
    package enum StopReason: Sendable, Equatable {
        /// It said all it had to say (also: a stop sequence).
        case endTurn
        /// The limit of tokens was reached; the text may end within a sentence.
        case maximumTokens
        /// It waits for the results of tools.
        case toolUse
        /// It declines to answer; what it said so far must not stay in the history.
        case refusal
        /// The history does not fit the model any more.
        case contextExceeded
        /// Anything else, in the provider's word.
        case other(String)
    }
}

/// One tool call of the model.
package struct ToolCall: Sendable, Equatable {
    /// The id that ties the result to the call: letters, digits, `_` and `-`.
    package let id: String
    /// The tool's name as configured.
    package let name: String
    /// The arguments: the text of one JSON object.
    package let inputJSON: String

    /// Makes a tool call.
    package init(id: String, name: String, inputJSON: String) {
        self.id = id
        self.name = name
        self.inputJSON = inputJSON
    }
}

/// What a synthesis session reports, or the shell in its place for a prepared speech.
///
/// For every speech begun by `beginSpeech` or `playPrepared` the shell reports `began` (may be left out), `audio` and
/// `segment` any number of times, then exactly one of `ended` and `failed`; or `roleLost(.tts)` comes instead, which fails a speech
/// begun by `beginSpeech`. A prepared speech that has to be synthesised while the role is lost is reported as `failed`.
package enum TTSEvent: Sendable, Equatable {
    /// The provider took the speech on.
    case began(Generation)
    /// This many bytes of mu-law audio arrived and wait for the pacer.
    case audio(Generation, bytes: Int)
    /// The audio since the last segment of this speech, or since its beginning, speaks exactly this text.
    ///
    /// Makes the heard text exact at segment ends; may be left out.
    case segment(Generation, text: String)
    /// All audio of the speech has arrived.
    case ended(Generation)
    /// No more audio of the speech will arrive; the session lives on.
    case failed(Generation, Failure)
}

/// Why something failed, for decisions and for the log.
package struct Failure: Sendable, Equatable {
    /// The kind in one word from a closed set, fit for a metric's label.
    package let kind: String
    /// One line for the log; no secrets, may be empty.
    package let detail: String
    /// Trying again cannot help (a refused key, an unknown model).
    package let isPermanent: Bool

    /// Makes a failure; temporary unless said otherwise.
    package init(_ kind: String, detail: String = "", isPermanent: Bool = false) {
        self.kind = kind
        self.detail = detail
        self.isPermanent = isPermanent
    }
}

/// Why a call is over, as told by the shell.
package enum CallStop: String, Sendable, Equatable {
    /// The network said that the stream stopped, which is how a caller's hang-up looks.
    case callerHungUp
    /// The media socket went away without a stop.
    case streamClosed
    /// A newer stream of the same call took over elsewhere.
    case superseded
    /// The stream that was prepared for never came.
    case neverStarted
    /// The gateway is going down.
    case shutDown
}
