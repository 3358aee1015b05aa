import JSONText

/// Writes what Twilio sends on a stream, with its numbers as strings and its running sequence number.
///
/// Twilio Media Streams, "WebSocket messages from Twilio".
package struct StreamMessageWriter: Sendable {
    /// The stream's id.
    package let streamSID: String

    private let accountSID: String
    private let callSID: String
    private var sequence = 0
    private var chunk = 0

    /// Starts a stream's numbering at 1.
    package init(accountSID: String, callSID: String, streamSID: String) {
        self.accountSID = accountSID
        self.callSID = callSID
        self.streamSID = streamSID
    }

    /// The first message; it has neither a number nor a stream id.
    package static let connected = #"{"event":"connected","protocol":"Call","version":"1.0.0"}"#

    /// The second message, with the parameters of the TwiML.
    package mutating func start(parameters: [(name: String, value: String)]) -> String {
        var custom = JSONObject()
        for parameter in parameters { custom[parameter.name] = .string(parameter.value) }
        let start: JSONValue = [
            "accountSid": .string(accountSID), "streamSid": .string(streamSID), "callSid": .string(callSID),
            "tracks": ["inbound"],
            "mediaFormat": ["encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1],
            "customParameters": .object(custom),
        ]
        return message("start", ["start": start])
    }

    /// 20 ms, or any other length, of the caller.
    ///
    /// - Parameters:
    ///   - audio: mu-law bytes.
    ///   - milliseconds: presentation time since the stream began.
    /// - Returns: the message.
    package mutating func media(_ audio: [UInt8], at milliseconds: Int) -> String {
        sequence += 1
        chunk += 1
        let payload = Base64.encode(audio)
        return """
            {"event":"media","sequenceNumber":"\(sequence)","media":{"track":"inbound","chunk":"\(chunk)",\
            "timestamp":"\(milliseconds)","payload":"\(payload)"},"streamSid":"\(streamSID)"}
            """
    }

    /// One key.
    package mutating func dtmf(_ digit: Character) -> String {
        message("dtmf", ["dtmf": ["track": "inbound_track", "digit": .string(String(digit))]])
    }

    /// A mark that comes back.
    package mutating func mark(_ name: String) -> String {
        message("mark", ["mark": ["name": .string(name)]])
    }

    /// The last message.
    package mutating func stop() -> String {
        message("stop", ["stop": ["accountSid": .string(accountSID), "callSid": .string(callSID)]])
    }

    private mutating func message(_ event: String, _ members: JSONObject) -> String {
        sequence += 1
        var object: JSONObject = ["event": .string(event), "sequenceNumber": .string(String(sequence))]
        for member in members { object[member.key] = member.value }
        object["streamSid"] = .string(streamSID)
        return JSONValue.object(object).serialized()
    }
}
