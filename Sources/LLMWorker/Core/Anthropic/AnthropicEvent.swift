import JSONText

/// One event of a Messages stream (Anthropic Messages API, streaming).
enum AnthropicEvent: Equatable, Sendable {
    /// A content block's kind, as far as it matters here.
    enum Block: Equatable, Sendable {
        case text(String)
        case toolUse(id: String, name: String, input: JSONObject)
        case other
    }

    /// A piece of a content block.
    enum Delta: Equatable, Sendable {
        case text(String)
        case inputJSON(String)
        case other
    }

    case messageStart(usage: JSONValue?)
    case blockStart(index: Int, Block)
    case blockDelta(index: Int, Delta)
    case blockStop(index: Int)
    case messageDelta(stopReason: String?, usage: JSONValue?)
    case messageStop
    case error(AnthropicError)

    /// A ping, or something newer than this code: to be passed over.
    case ignored

    /// Something that is known but not as it must be.
    case malformed(String)

    /// Reads an event; unknown types, members and values are no faults.
    init(_ event: ServerSentEvent) {
        if let json = try? JSONValue.parse(event.data), json.objectValue != nil {
            self = Self.event(type: json["type"]?.stringValue ?? event.name, json)
        } else {
            self = event.name == "ping" ? .ignored : .malformed("an event that is not a JSON object")
        }
    }

    private static func event(type: String, _ json: JSONValue) -> AnthropicEvent {
        let malformed = AnthropicEvent.malformed("a \(type.prefix(40)) event without its index or content")
        let index = json["index"]?.intValue
        switch type {
        case "message_start":
            return .messageStart(usage: json["message"]?["usage"])
        case "content_block_start":
            guard let index, let content = json["content_block"] else { return malformed }
            return .blockStart(index: index, block(content))
        case "content_block_delta":
            guard let index, let piece = json["delta"] else { return malformed }
            return .blockDelta(index: index, delta(piece))
        case "content_block_stop":
            guard let index else { return malformed }
            return .blockStop(index: index)
        case "message_delta":
            return .messageDelta(stopReason: json["delta"]?["stop_reason"]?.stringValue, usage: json["usage"])
        case "message_stop":
            return .messageStop
        case "error":
            return .error(AnthropicError(json))
        default:
            return .ignored
        }
    }

    private static func block(_ json: JSONValue) -> Block {
        switch json["type"]?.stringValue {
        case "text":
            .text(json["text"]?.stringValue ?? "")
        case "tool_use":
            .toolUse(
                id: json["id"]?.stringValue ?? "",
                name: json["name"]?.stringValue ?? "",
                input: json["input"]?.objectValue ?? JSONObject()
            )
        default: .other
        }
    }

    private static func delta(_ json: JSONValue) -> Delta {
        switch json["type"]?.stringValue {
        case "text_delta": .text(json["text"]?.stringValue ?? "")
        case "input_json_delta": .inputJSON(json["partial_json"]?.stringValue ?? "")
        default: .other
        }
    }
}
