package import JSONText

/// How one call's replies are to be spoken.
package struct TextToSpeechSettings: Sendable, Equatable {
    /// The provider's name.
    package var provider = "deepgram"

    /// The provider's voice.
    package var model = "aura-2-thalia-en"

    /// Where the provider is, when configured; the worker's own environment goes before it.
    package var baseURL: String?

    /// The defaults of a telephone call.
    package init() {}

    init(json: JSONValue) {
        self.init()
        if let value = json["provider"]?.stringValue { provider = value }
        if let value = json["model"]?.stringValue { model = value }
        baseURL = json["base_url"]?.stringValue
    }

    var json: JSONValue {
        var object: JSONObject = ["provider": .string(provider), "model": .string(model)]
        object.set("base_url", baseURL)
        return .object(object)
    }
}

/// What the gateway asks of a text-to-speech session; text frames between `begin` and `end` are the reply.
package enum TextToSpeechCommand: OpeningCommand {
    /// Opens the session.
    case open(call: String, settings: TextToSpeechSettings)

    /// The text frames that follow belong to this generation.
    case begin(generation: UInt32)

    /// The generation's text is complete: speak all of it.
    case end(generation: UInt32)

    /// Stop speaking this generation; nothing of it is wanted any more.
    case cancel(generation: UInt32)

    /// End the session.
    case close

    /// The settings, if this is ``open(call:settings:)``.
    package var settings: TextToSpeechSettings? {
        if case .open(_, let settings) = self { settings } else { nil }
    }

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "open":
            self = .open(
                call: try reader.string("call"),
                settings: TextToSpeechSettings(json: try reader.value("settings"))
            )
        case "begin": self = .begin(generation: try reader.generation())
        case "end": self = .end(generation: try reader.generation())
        case "cancel": self = .cancel(generation: try reader.generation())
        case "close": self = .close
        default: throw .unknownType(reader.type)
        }
    }

    package var json: JSONValue {
        switch self {
        case .open(let call, let settings): ["type": "open", "call": .string(call), "settings": settings.json]
        case .begin(let generation): ["type": "begin", "generation": .integer(Int64(generation))]
        case .end(let generation): ["type": "end", "generation": .integer(Int64(generation))]
        case .cancel(let generation): ["type": "cancel", "generation": .integer(Int64(generation))]
        case .close: ["type": "close"]
        }
    }
}

/// What a text-to-speech session tells the gateway; audio frames between `begin` and `end` are the generation's.
package enum TextToSpeechEvent: ControlMessage {
    /// Something of any session: opened, refused, failed, closed.
    case session(SessionMessage)

    /// The audio frames that follow belong to this generation.
    case begin(generation: UInt32)

    /// The audio since the last segment of this generation, or since `begin`, speaks exactly this text.
    case segment(generation: UInt32, text: String)

    /// Every byte of the generation's audio has been sent, or it was cancelled.
    case end(generation: UInt32, cancelled: Bool)

    /// The generation cannot be spoken to its end; the session goes on.
    case failed(generation: UInt32, WorkerFailure)

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "begin": self = .begin(generation: try reader.generation())
        case "segment": self = .segment(generation: try reader.generation(), text: try reader.string("text"))
        case "end":
            self = .end(generation: try reader.generation(), cancelled: reader.optionalBool("cancelled") ?? false)
        case "generation_failed":
            self = .failed(generation: try reader.generation(), WorkerFailure(json: try reader.value("failure")))
        default: self = .session(try SessionMessage(json: json))
        }
    }

    package var json: JSONValue {
        switch self {
        case .session(let message): message.json
        case .begin(let generation): ["type": "begin", "generation": .integer(Int64(generation))]
        case .segment(let generation, let text):
            ["type": "segment", "generation": .integer(Int64(generation)), "text": .string(text)]
        case .end(let generation, let cancelled):
            ["type": "end", "generation": .integer(Int64(generation)), "cancelled": .bool(cancelled)]
        case .failed(let generation, let failure):
            ["type": "generation_failed", "generation": .integer(Int64(generation)), "failure": failure.json]
        }
    }
}
