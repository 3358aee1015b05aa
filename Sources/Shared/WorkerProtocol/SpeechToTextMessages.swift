package import JSONText

/// How one call's speech is to be transcribed.
package struct SpeechToTextSettings: Sendable, Equatable {
    /// The provider's name.
    package var provider = "deepgram"

    /// The provider's model.
    package var model = "nova-2-phonecall"

    /// A BCP 47 tag.
    package var language = "en"

    /// Silence that ends an utterance, milliseconds.
    package var endpointingMilliseconds = 300

    /// Gap between words that ends an utterance when endpointing did not, milliseconds (1,000 to 5,000).
    package var utteranceEndMilliseconds = 1000

    /// Whether numbers, dates and punctuation are formatted.
    package var smartFormat = true

    /// Words to listen for; only some models take them.
    package var keyterms: [String] = []

    /// Where the provider is, when configured; the worker's own environment goes before it.
    package var baseURL: String?

    /// The defaults of a telephone call.
    package init() {}

    init(json: JSONValue) {
        self.init()
        if let value = json["provider"]?.stringValue { provider = value }
        if let value = json["model"]?.stringValue { model = value }
        if let value = json["language"]?.stringValue { language = value }
        if let value = json["endpointing_ms"]?.intValue { endpointingMilliseconds = value }
        if let value = json["utterance_end_ms"]?.intValue { utteranceEndMilliseconds = value }
        if let value = json["smart_format"]?.boolValue { smartFormat = value }
        keyterms = (json["keyterms"]?.arrayValue ?? []).compactMap(\.stringValue)
        baseURL = json["base_url"]?.stringValue
    }

    var json: JSONValue {
        var object: JSONObject = [
            "provider": .string(provider), "model": .string(model), "language": .string(language),
            "endpointing_ms": .integer(Int64(endpointingMilliseconds)),
            "utterance_end_ms": .integer(Int64(utteranceEndMilliseconds)), "smart_format": .bool(smartFormat),
            "keyterms": .array(keyterms.map { .string($0) }),
        ]
        object.set("base_url", baseURL)
        return .object(object)
    }
}

/// What the gateway asks of a speech-to-text session; audio frames carry the caller's mu-law.
package enum SpeechToTextCommand: OpeningCommand {
    /// Opens the session.
    case open(call: String, settings: SpeechToTextSettings)

    /// Settle what has been heard so far, now.
    case finalize

    /// End the session: drain the provider, send the tail, answer `closed`.
    case close

    /// The settings, if this is ``open(call:settings:)``.
    package var settings: SpeechToTextSettings? {
        if case .open(_, let settings) = self { settings } else { nil }
    }

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "open":
            self = .open(
                call: try reader.string("call"),
                settings: SpeechToTextSettings(json: try reader.value("settings"))
            )
        case "finalize": self = .finalize
        case "close": self = .close
        default: throw .unknownType(reader.type)
        }
    }

    package var json: JSONValue {
        switch self {
        case .open(let call, let settings): ["type": "open", "call": .string(call), "settings": settings.json]
        case .finalize: ["type": "finalize"]
        case .close: ["type": "close"]
        }
    }
}

/// What a speech-to-text session tells the gateway.
package enum SpeechToTextEvent: ControlMessage {
    /// Something of any session: opened, refused, failed, closed.
    case session(SessionMessage)

    /// The provider's voice-activity detector heard speech begin.
    case speechStarted

    /// The words of the span not settled yet; replaces the interim before it.
    case interim(text: String)

    /// A settled span; never empty, never revised.
    case final(text: String)

    /// The provider, or the worker's backstop, says the caller has finished; never twice for the same words.
    case endOfTurn(EndOfTurnReason)

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "speech_started": self = .speechStarted
        case "interim": self = .interim(text: try reader.string("text"))
        case "final": self = .final(text: try reader.string("text"))
        case "end_of_turn":
            let reason = try reader.string("reason")
            guard let known = EndOfTurnReason(rawValue: reason) else {
                throw .badMember(type: reader.type, member: "reason")
            }
            self = .endOfTurn(known)
        default: self = .session(try SessionMessage(json: json))
        }
    }

    package var json: JSONValue {
        switch self {
        case .session(let message): message.json
        case .speechStarted: ["type": "speech_started"]
        case .interim(let text): ["type": "interim", "text": .string(text)]
        case .final(let text): ["type": "final", "text": .string(text)]
        case .endOfTurn(let reason): ["type": "end_of_turn", "reason": .string(reason.rawValue)]
        }
    }
}

/// What ended the caller's turn.
package enum EndOfTurnReason: String, Sendable, Equatable, CaseIterable {
    /// The provider's endpointing (Deepgram `speech_final`).
    case speechFinal = "speech_final"

    /// The gap between words (Deepgram `UtteranceEnd`).
    case utteranceEnd = "utterance_end"

    /// The gateway asked for it (`finalize`).
    case finalize
}
