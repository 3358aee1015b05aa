/// One message Twilio sends on a media stream.
///
/// Source: Twilio Media Streams, WebSocket messages. Unknown events and members are passed over, since Twilio adds them
/// without notice.
package enum TwilioMessage: Sendable, Equatable {
    /// The first message; carries nothing of use.
    case connected

    /// The stream's description, once, right after `connected`.
    case start(StreamStart)

    /// A piece of the caller's audio; its bytes are in ``TwilioMessageDecoder/payload``. The timestamp is milliseconds
    /// since the stream's beginning; nil when it was missing or unreadable.
    case media(timestamp: Int64?)

    /// A key was pressed: one of 0-9, `*`, `#`, A-D.
    case digit(Character)

    /// A mark of ours came back: what was sent before it was played, or cleared.
    case mark(name: String)

    /// The stream or the call ended.
    case stop

    /// A well-formed message nothing is done with: an unknown event, a foreign stream's, or an outbound track's.
    case ignored
}

/// What `start` says about a stream.
package struct StreamStart: Sendable, Equatable {
    /// The stream's id, `MZ…`; every message of ours must carry it.
    package var streamSID: String

    /// The call's id, `CA…`.
    package var callSID: String

    /// The account's id, `AC…`; empty when missing.
    package var accountSID = ""

    /// The `<Parameter>`s of our TwiML.
    package var parameters: [String: String] = [:]

    /// Whether the audio is 8 kHz mono mu-law, the only format Twilio documents.
    package var isTelephoneAudio = true

    /// Describes a stream.
    package init(streamSID: String, callSID: String) {
        self.streamSID = streamSID
        self.callSID = callSID
    }
}

/// Why a message could not be understood; the message is counted and passed over.
package enum TwilioMessageError: Error, Equatable {
    /// Not one JSON object.
    case malformed

    /// There is no string `event`.
    case noEvent

    /// A member the event cannot do without is missing or has the wrong type.
    case badMember(String)

    /// The payload is not standard base64 with padding.
    case badPayload
}
