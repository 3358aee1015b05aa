import JSONText

/// Reads Twilio's messages.
///
/// The frequent one, `media`, is read in a single pass that does not depend on the order of members and allocates
/// nothing: its payload is decoded into ``payload``, which is used again for the next frame. The rare ones are parsed
/// whole.
package struct TwilioMessageDecoder: Sendable {
    /// The mu-law bytes of the last `media`, valid until the next call of ``decode(_:)``.
    package private(set) var payload: [UInt8] = []

    private var streamSID: String?

    /// Makes a decoder for one stream.
    package init() {
        payload.reserveCapacity(160)
    }

    /// Names the stream; messages that carry another id are ignored from now on.
    package mutating func expect(streamSID: String) {
        self.streamSID = streamSID
    }

    /// Reads one text message.
    ///
    /// - Parameter text: the whole message.
    /// - Returns: the message; of a `media` the bytes are in ``payload``.
    /// - Throws: ``TwilioMessageError``; never traps, whatever the bytes.
    package mutating func decode(_ text: Span<UInt8>) throws(TwilioMessageError) -> TwilioMessage {
        let scan: Scan
        do {
            scan = try Scan(text)
        } catch {
            throw .malformed
        }
        guard let event = scan.event else { throw .noEvent }
        if let sid = scan.streamSID, let streamSID, !JSONSlice.matches(sid, streamSID, in: text) { return .ignored }
        if JSONSlice.matches(event, "media", in: text) { return try media(scan, text) }
        if JSONSlice.matches(event, "mark", in: text) { return .mark(name: try member("mark", "name", of: text)) }
        if JSONSlice.matches(event, "dtmf", in: text) { return digit(try member("dtmf", "digit", of: text)) }
        if JSONSlice.matches(event, "stop", in: text) { return .stop }
        if JSONSlice.matches(event, "connected", in: text) { return .connected }
        if JSONSlice.matches(event, "start", in: text) { return .start(try start(text)) }
        return .ignored
    }

    private mutating func media(_ scan: Scan, _ text: Span<UInt8>) throws(TwilioMessageError) -> TwilioMessage {
        if let track = scan.track, !JSONSlice.matches(track, "inbound", in: text) { return .ignored }
        guard let range = scan.payload else { throw .badMember("media.payload") }
        payload.removeAll(keepingCapacity: true)
        if scan.isPayloadEscaped {
            let unescaped = try member("media", "payload", of: text)
            guard let bytes = Base64.decode(unescaped) else { throw .badPayload }
            payload = bytes
        } else {
            guard Base64.decode(text.extracting(range), into: &payload) else {
                payload.removeAll(keepingCapacity: true)
                throw .badPayload
            }
        }
        return .media(timestamp: scan.timestamp)
    }

    private func digit(_ digit: String) -> TwilioMessage {
        guard digit.utf8.count == 1, let key = digit.first, "0123456789*#ABCD".contains(key) else { return .ignored }
        return .digit(key)
    }

    private func start(_ text: Span<UInt8>) throws(TwilioMessageError) -> StreamStart {
        let value = try parse(text)
        guard let start = value["start"] else { throw .badMember("start") }
        guard let callSID = start["callSid"]?.stringValue, !callSID.isEmpty else { throw .badMember("start.callSid") }
        guard
            let streamSID = start["streamSid"]?.stringValue ?? value["streamSid"]?.stringValue,
            !streamSID.isEmpty
        else { throw .badMember("start.streamSid") }
        var description = StreamStart(streamSID: streamSID, callSID: callSID)
        description.accountSID = start["accountSid"]?.stringValue ?? ""
        if let parameters = start["customParameters"]?.objectValue {
            for (name, value) in parameters {
                description.parameters[name] = value.stringValue
            }
        }
        if let format = start["mediaFormat"] {
            description.isTelephoneAudio =
                (format["encoding"]?.stringValue ?? "audio/x-mulaw") == "audio/x-mulaw"
                && (format["sampleRate"]?.lenientInt ?? 8000) == 8000
                && (format["channels"]?.lenientInt ?? 1) == 1
        }
        return description
    }

    private func member(
        _ object: String,
        _ name: String,
        of text: Span<UInt8>
    ) throws(TwilioMessageError) -> String {
        guard let found = try parse(text)[object]?[name]?.stringValue else { throw .badMember("\(object).\(name)") }
        return found
    }

    private func parse(_ text: Span<UInt8>) throws(TwilioMessageError) -> JSONValue {
        do {
            return try JSONValue.parse(text)
        } catch {
            throw .malformed
        }
    }
}

/// Where the members of one message are; one pass, whatever their order.
private struct Scan {
    var event: Range<Int>?
    var streamSID: Range<Int>?
    var payload: Range<Int>?
    var isPayloadEscaped = false
    var timestamp: Int64?
    var track: Range<Int>?

    init(_ text: Span<UInt8>) throws {
        var cursor = JSONCursor()
        guard case .beginObject = try cursor.next(in: text) else { throw TwilioMessageError.malformed }
        scan: while true {
            switch try cursor.next(in: text) {
            case .key(let key, _):
                if JSONSlice.matches(key, "event", in: text) {
                    event = try string(&cursor, text)
                } else if JSONSlice.matches(key, "streamSid", in: text) {
                    streamSID = try string(&cursor, text)
                } else if JSONSlice.matches(key, "media", in: text) {
                    try scanMedia(&cursor, text)
                } else {
                    try cursor.skipValue(in: text)
                }
            case .endObject: break scan
            default: throw TwilioMessageError.malformed
            }
        }
        guard case .end = try cursor.next(in: text) else { throw TwilioMessageError.malformed }
    }

    private func string(_ cursor: inout JSONCursor, _ text: Span<UInt8>) throws -> Range<Int> {
        guard case .string(let range, _) = try cursor.next(in: text) else { throw TwilioMessageError.malformed }
        return range
    }

    private mutating func scanMedia(_ cursor: inout JSONCursor, _ text: Span<UInt8>) throws {
        guard case .beginObject = try cursor.next(in: text) else { throw TwilioMessageError.malformed }
        while true {
            switch try cursor.next(in: text) {
            case .key(let key, _):
                if JSONSlice.matches(key, "payload", in: text) {
                    guard case .string(let range, let escaped) = try cursor.next(in: text) else {
                        throw TwilioMessageError.malformed
                    }
                    payload = range
                    isPayloadEscaped = escaped
                } else if JSONSlice.matches(key, "timestamp", in: text) {
                    switch try cursor.next(in: text) {
                    case .string(let range, _), .number(let range): timestamp = JSONSlice.integer(range, in: text)
                    case .true, .false, .null: break
                    default: throw TwilioMessageError.malformed
                    }
                } else if JSONSlice.matches(key, "track", in: text) {
                    track = try string(&cursor, text)
                } else {
                    try cursor.skipValue(in: text)
                }
            case .endObject: return
            default: throw TwilioMessageError.malformed
            }
        }
    }
}
