import JSONText

/// Writes the three messages Twilio accepts from us, and nothing more than their documented members.
///
/// The parts that never change within a stream are built once; a `media` is prefix, base64 and suffix appended to one
/// buffer. Source: Twilio Media Streams, "Send WebSocket messages"; an unexpected member makes Twilio warn (31951).
package struct TwilioMessageEncoder: Sendable {
    private static let mediaSuffix = Array("\"}}".utf8)
    private static let markSuffix = Array("}}".utf8)

    private let mediaPrefix: [UInt8]
    private let markPrefix: [UInt8]
    private let clearMessage: [UInt8]

    /// Prepares the messages of one stream.
    ///
    /// - Parameter streamSID: the live stream's id from its `start`.
    package init(streamSID: String) {
        let sid = JSONValue.string(streamSID).serialized()
        mediaPrefix = Array("{\"event\":\"media\",\"streamSid\":\(sid),\"media\":{\"payload\":\"".utf8)
        markPrefix = Array("{\"event\":\"mark\",\"streamSid\":\(sid),\"mark\":{\"name\":".utf8)
        clearMessage = Array("{\"event\":\"clear\",\"streamSid\":\(sid)}".utf8)
    }

    /// Appends a `media` message.
    ///
    /// - Parameters:
    ///   - audio: mu-law bytes, a multiple of 160.
    ///   - output: what the message is appended to.
    package func appendMedia(_ audio: Span<UInt8>, to output: inout [UInt8]) {
        output.append(contentsOf: mediaPrefix)
        Base64.encode(audio, into: &output)
        output.append(contentsOf: Self.mediaSuffix)
    }

    /// Appends a `mark` message.
    ///
    /// - Parameters:
    ///   - name: short ASCII.
    ///   - output: what the message is appended to.
    package func appendMark(name: String, to output: inout [UInt8]) {
        output.append(contentsOf: markPrefix)
        JSONValue.string(name).serialize(into: &output)
        output.append(contentsOf: Self.markSuffix)
    }

    /// Appends a `clear` message.
    package func appendClear(to output: inout [UInt8]) {
        output.append(contentsOf: clearMessage)
    }
}
