package import JSONText
package import NIOCore

/// The frame that all text messages of Deepgram's live services share.
package enum DeepgramMessage {
    /// Reads a message's type and members.
    ///
    /// - Returns: nil if the text is not a JSON object with a string `type`.
    package static func read(_ text: ByteBuffer) -> (type: String, value: JSONValue)? {
        guard let value = try? JSONValue.parse(text.readableBytesUInt8Span),
            let type = value["type"]?.stringValue
        else { return nil }
        return (type, value)
    }
}
