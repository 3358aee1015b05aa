import JSONText

/// What a client may say to a transcription in text (Deepgram listen v1, client messages).
enum ListenCommand: Equatable {
    /// Keeps an idle stream open.
    case keepAlive
    /// Settles what was heard; the channel is optional.
    case finalize
    /// Ends the stream after everything is said.
    case closeStream
    /// Changes the key terms; nil keeps them.
    case configure(keyterms: [String]?)

    /// Why a message was not taken.
    struct Refusal: Error, Equatable {
        let description: String
    }

    /// Reads one text message.
    static func parse(_ text: String) throws(Refusal) -> ListenCommand {
        guard let value = try? JSONValue.parse(text), let type = value["type"]?.stringValue else {
            throw Refusal(
                description: "Could not deserialize message: expected a JSON object with a string field `type`"
            )
        }
        switch type {
        case "KeepAlive": return .keepAlive
        case "Finalize":
            if let channel = value["channel"], channel != .null, channel.intValue.map({ $0 >= 0 }) != true {
                throw Refusal(description: "Could not deserialize message: `channel` is not a channel number")
            }
            return .finalize
        case "CloseStream": return .closeStream
        case "Configure":
            guard let keyterms = value["keyterms"], keyterms != .null else { return .configure(keyterms: nil) }
            guard let terms = keyterms.arrayValue, terms.allSatisfy({ $0.stringValue != nil }) else {
                throw Refusal(description: "Could not deserialize message: `keyterms` is not a list of strings")
            }
            return .configure(keyterms: terms.compactMap(\.stringValue))
        default:
            let known = "`KeepAlive`, `Finalize`, `CloseStream`, `Configure`"
            throw Refusal(
                description: "Could not deserialize message: unknown variant `\(type)`, expected one of \(known)"
            )
        }
    }
}
