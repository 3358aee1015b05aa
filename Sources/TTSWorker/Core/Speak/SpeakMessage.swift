internal import DeepgramConnection
internal import JSONText
package import NIOCore

/// A text message of Deepgram's streaming synthesis (speak v1, server to client).
///
/// Acknowledgements carry a `sequence_id` whose meaning is not documented; they come in the order of what they
/// acknowledge. Unknown members are ignored and unknown types kept by name.
package enum SpeakMessage: Sendable, Equatable {
    /// The connection is ready.
    case metadata
    /// All audio of the oldest unacknowledged Flush has been sent.
    case flushed
    /// A Clear was carried out: what follows is new.
    case cleared
    /// The provider warns; newer and older shapes of its members are read.
    case warning(code: String, text: String)
    /// The provider did not understand, or cannot go on.
    case error(code: String, text: String)
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
        case "Metadata":
            self = .metadata
        case "Flushed":
            self = .flushed
        case "Cleared":
            self = .cleared
        case "Warning":
            self = .warning(
                code: Self.first(of: ["code", "warn_code"], in: value),
                text: Self.first(of: ["description", "warn_msg", "message"], in: value)
            )
        case "Error":
            self = .error(
                code: Self.first(of: ["code", "err_code", "variant"], in: value),
                text: Self.first(of: ["description", "err_msg", "message"], in: value)
            )
        default:
            self = .unknown(type: type)
        }
    }

    private static func first(of members: [String], in value: JSONValue) -> String {
        members.lazy.compactMap { value[$0]?.stringValue }.first ?? ""
    }
}
