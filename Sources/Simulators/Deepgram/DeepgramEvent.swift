/// The two services at Deepgram's address.
package enum DeepgramKind: String, Sendable, Equatable, CaseIterable {
    /// Transcription, `/v1/listen`.
    case listen
    /// Synthesis, `/v1/speak`.
    case speak
}

/// One connection to the simulated Deepgram.
package struct DeepgramConnection: Sendable, Equatable {
    /// Counted from 1 over both services.
    package let number: Int
    /// Which service.
    package let kind: DeepgramKind
    /// The id in the header `dg-request-id`.
    package let requestID: String
    /// The query string as sent.
    package let query: String
}

/// How an upgrade goes wrong.
package enum HandshakeFault: Sendable, Equatable {
    /// Refused with this status (401, 402, 403, 429, 500, 503, …).
    case status(Int)
    /// Never answered.
    case hang
    /// The connection is cut without an answer.
    case cut
}

/// What the simulated Deepgram saw or did.
package enum DeepgramEvent: Sendable, Equatable {
    /// An upgrade was refused.
    case refused(DeepgramKind?, status: Int, message: String)
    /// An upgrade was left unanswered or cut.
    case ignored(DeepgramKind, HandshakeFault)
    /// A connection is open.
    case opened(DeepgramConnection)
    /// The first audio of a transcription came.
    case firstAudio(Int)
    /// A text message came; its `type`.
    case message(Int, type: String)
    /// The client did what the service forbids or advises against.
    case violation(Int, String)
    /// `SpeechStarted` was sent for this millisecond of the audio.
    case speechStarted(Int, milliseconds: Int)
    /// A result was sent; `end` is its last millisecond of the audio.
    case result(Int, transcript: String, end: Int, isFinal: Bool, speechFinal: Bool, fromFinalize: Bool)
    /// `UtteranceEnd` was sent.
    case utteranceEnd(Int)
    /// A Speak came with this text.
    case speak(Int, text: String)
    /// A Flush came.
    case flush(Int)
    /// A Clear came.
    case clear(Int)
    /// Speech of this text begins to be sent.
    case synthesis(Int, text: String)
    /// The first audio since the connection was last quiet was sent.
    case firstAudioSent(Int)
    /// `Flushed` was sent, with so many bytes of audio sent on the connection.
    case flushed(Int, bytes: Int)
    /// `Cleared` was sent.
    case cleared(Int)
    /// The connection ended; the close code, if there was one.
    case closed(Int, code: UInt16?)

    /// The number of the connection this is about, if it is about one.
    package var connection: Int? {
        switch self {
        case .refused, .ignored: nil
        case .opened(let connection): connection.number
        case .firstAudio(let number), .message(let number, _), .violation(let number, _), .speechStarted(let number, _),
            .result(let number, _, _, _, _, _), .utteranceEnd(let number), .speak(let number, _), .flush(let number),
            .clear(let number), .synthesis(let number, _), .firstAudioSent(let number), .flushed(let number, _),
            .cleared(let number), .closed(let number, _):
            number
        }
    }
}
