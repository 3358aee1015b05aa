import JSONText

/// What a client may say to a synthesis (Deepgram speak v1, client messages).
enum SpeakCommand: Equatable {
    /// More text.
    case speak(String)
    /// Speak everything given so far.
    case flush
    /// Forget everything not yet sent.
    case clear
    /// End after everything given was spoken.
    case close

    /// Reads one text message; nil: it is none of these, which closes the connection.
    static func parse(_ text: String) -> SpeakCommand? {
        guard let value = try? JSONValue.parse(text) else { return nil }
        switch value["type"]?.stringValue {
        case "Speak": return value["text"]?.stringValue.map { .speak($0) }
        case "Flush": return .flush
        case "Clear": return .clear
        case "Close": return .close
        default: return nil
        }
    }
}

/// Writes what the synthesis service says (Deepgram speak v1, server messages).
enum SpeakMessages {
    static func metadata(query: SpeakQuery, requestID: String, modelID: String) -> JSONValue {
        [
            "type": "Metadata", "request_id": .string(requestID), "model_name": .string(query.model),
            "model_version": "2025-04-07.0", "model_uuid": .string(modelID),
            "additional_model_uuids": [.string(modelID)],
        ]
    }

    static func flushed(_ sequence: Int) -> JSONValue {
        ["type": "Flushed", "sequence_id": .integer(Int64(sequence))]
    }

    static func cleared(_ sequence: Int) -> JSONValue {
        ["type": "Cleared", "sequence_id": .integer(Int64(sequence))]
    }

    static func warning(code: String, _ description: String) -> JSONValue {
        ["type": "Warning", "description": .string(description), "code": .string(code)]
    }
}
