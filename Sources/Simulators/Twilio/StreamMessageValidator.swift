import JSONText

/// What an application may send on a bidirectional stream.
package enum OutboundStreamMessage: Sendable, Equatable {
    /// Raw mu-law to queue.
    case media([UInt8])

    /// Send this name back when all before it has been played.
    case mark(String)

    /// Drop what is queued.
    case clear
}

/// What Twilio would log against the application.
package struct StreamViolation: Error, Sendable, Equatable, CustomStringConvertible {
    /// Twilio's warning or error code, as 31951.
    package let code: Int

    /// What was wrong.
    package let detail: String

    package var description: String { "\(code): \(detail)" }

    /// Makes a violation.
    package init(code: Int, detail: String) {
        self.code = code
        self.detail = detail
    }
}

/// Checks what an application sends as strictly as Twilio does: exact members, the live stream's id, standard base64.
///
/// Twilio Media Streams, "Send messages to Twilio", and warning 31951.
package enum StreamMessageValidator {
    /// Reads one text message.
    ///
    /// - Parameters:
    ///   - text: the whole message.
    ///   - streamSID: the live stream.
    /// - Returns: what the application wants.
    /// - Throws: ``StreamViolation``.
    package static func parse(_ text: [UInt8], streamSID: String) throws(StreamViolation) -> OutboundStreamMessage {
        let json: JSONValue
        do { json = try JSONValue.parse(text) } catch { throw invalid("not JSON: \(error)") }
        guard let object = json.objectValue else { throw invalid("not an object") }
        guard let event = object["event"]?.stringValue else { throw invalid("event is missing") }
        guard let sid = object["streamSid"]?.stringValue else { throw invalid("\(event): streamSid is missing") }
        guard sid == streamSID else { throw invalid("\(event): streamSid \(sid) is not the live \(streamSID)") }
        switch event {
        case "media":
            try members(object, ["event", "streamSid", "media"], of: "media message")
            guard let media = object["media"]?.objectValue else { throw invalid("media is missing") }
            try members(media, ["payload"], of: "media")
            guard let payload = media["payload"]?.stringValue else { throw invalid("media.payload is missing") }
            guard let bytes = Base64.decode(payload) else { throw invalid("media.payload is not standard base64") }
            guard !bytes.isEmpty else { throw invalid("media.payload is empty") }
            if bytes.starts(with: "RIFF".utf8) { throw invalid("media.payload has a WAV header") }
            return .media(bytes)
        case "mark":
            try members(object, ["event", "streamSid", "mark"], of: "mark message")
            guard let mark = object["mark"]?.objectValue else { throw invalid("mark is missing") }
            try members(mark, ["name"], of: "mark")
            guard let name = mark["name"]?.stringValue, !name.isEmpty else { throw invalid("mark.name is missing") }
            return .mark(name)
        case "clear":
            try members(object, ["event", "streamSid"], of: "clear message")
            return .clear
        default: throw invalid("unsupported event \(event)")
        }
    }

    private static func members(_ object: JSONObject, _ allowed: Set<String>, of what: String) throws(StreamViolation) {
        for key in object.keys where !allowed.contains(key) { throw invalid("unexpected \(key) in \(what)") }
    }

    private static func invalid(_ detail: String) -> StreamViolation { StreamViolation(code: 31951, detail: detail) }
}
