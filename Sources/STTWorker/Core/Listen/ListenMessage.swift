internal import DeepgramConnection
internal import JSONText
package import NIOCore

/// A text message of Deepgram's live transcription (listen v1, server to client).
///
/// Unknown members are ignored and unknown types kept by name: nothing that comes from outside is an error here.
package enum ListenMessage: Sendable, Equatable {
    /// Words, settled or not.
    case results(ListenResults)
    /// The provider's detector heard speech begin, at seconds of the connection's audio.
    case speechStarted(timestamp: Double)
    /// A gap after the last word, which ended at seconds of the connection's audio; -1: all words were settled.
    case utteranceEnd(lastWordEnd: Double)
    /// The end of the stream: all results have been sent.
    case metadata
    /// The provider did not understand something of ours, or warns.
    case complaint(String)
    /// A type this release does not know.
    case unknown(type: String)
    /// Not a JSON object with a type.
    case malformed

    /// Reads a text message.
    package init(_ text: ByteBuffer) {
        guard let (type, value) = DeepgramMessage.read(text) else {
            self = .malformed
            return
        }
        switch type {
        case "Results":
            self = .results(ListenResults(value))
        case "SpeechStarted":
            self = .speechStarted(timestamp: value["timestamp"]?.doubleValue ?? 0)
        case "UtteranceEnd":
            self = .utteranceEnd(lastWordEnd: value["last_word_end"]?.doubleValue ?? -1)
        case "Metadata":
            self = .metadata
        case "Error", "Warning":
            let members = ["description", "err_msg", "warn_msg", "message", "variant", "code"]
            self = .complaint(members.lazy.compactMap { value[$0]?.stringValue }.first ?? type)
        default:
            self = .unknown(type: type)
        }
    }
}

/// One result: the words of a span of audio.
package struct ListenResults: Sendable, Equatable {
    /// The span's beginning, in seconds of the audio sent on this connection.
    package var start: Double
    /// The span's length in seconds.
    package var duration: Double
    /// Whether the words are settled.
    package var isFinal: Bool
    /// Whether silence ended the speech at the end of the span; means settled, too.
    package var isSpeechFinal: Bool
    /// Whether a Finalize forced the result.
    package var isFromFinalize: Bool
    /// Which channel it is about; ours is 0.
    package var channel: Int
    /// The words as text; empty is normal.
    package var transcript: String
    /// When the last word ended, in seconds; nil without words.
    package var lastWordEnd: Double?
    /// The words with their beginnings in seconds.
    package var words: [Word]

    /// A word of a result.
    package struct Word: Sendable, Equatable {
        /// Its beginning in seconds.
        package var start: Double
        /// The word with its punctuation.
        package var text: String

        /// Makes a word.
        package init(start: Double, text: String) {
            self.start = start
            self.text = text
        }
    }

    /// Makes a result; absent members have the values of an interim without words.
    package init(
        start: Double = 0,
        duration: Double = 0,
        isFinal: Bool = false,
        isSpeechFinal: Bool = false,
        isFromFinalize: Bool = false,
        channel: Int = 0,
        transcript: String = "",
        lastWordEnd: Double? = nil,
        words: [Word] = []
    ) {
        self.start = start
        self.duration = duration
        self.isFinal = isFinal
        self.isSpeechFinal = isSpeechFinal
        self.isFromFinalize = isFromFinalize
        self.channel = channel
        self.transcript = transcript
        self.lastWordEnd = lastWordEnd
        self.words = words
    }

    init(_ value: JSONValue) {
        self.init(
            start: value["start"]?.doubleValue ?? 0,
            duration: value["duration"]?.doubleValue ?? 0,
            isFinal: value["is_final"]?.boolValue ?? false,
            isSpeechFinal: value["speech_final"]?.boolValue ?? false,
            isFromFinalize: value["from_finalize"]?.boolValue ?? false,
            channel: value["channel_index"]?[0]?.intValue ?? 0
        )
        let best = value["channel"]?["alternatives"]?[0]
        transcript = Self.trimmed(best?["transcript"]?.stringValue ?? "")
        for word in best?["words"]?.arrayValue ?? [] {
            guard let text = word["punctuated_word"]?.stringValue ?? word["word"]?.stringValue else { continue }
            words.append(Word(start: word["start"]?.doubleValue ?? 0, text: text))
            if let end = word["end"]?.doubleValue { lastWordEnd = max(lastWordEnd ?? end, end) }
        }
    }

    private static func trimmed(_ text: String) -> String {
        let end = text.lastIndex { !$0.isWhitespace }
        guard let end else { return "" }
        return String(text[...end].drop(while: \.isWhitespace))
    }
}
