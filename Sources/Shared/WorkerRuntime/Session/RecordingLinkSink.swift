package import JSONText
package import NIOCore

/// A link that only remembers, for testing sessions without a socket.
///
/// Loop-bound like the outbox it serves.
package final class RecordingLinkSink: LinkSink {
    /// One thing a session sent.
    package enum Sent: Equatable {
        /// A control message.
        case control(JSONValue)

        /// Mu-law audio.
        case audio(ByteBuffer)

        /// A piece of text.
        case text(String)

        /// The session's end.
        case finish
    }

    /// What was sent, in order, by all sessions of this sink.
    package private(set) var sent: [Sent] = []

    /// What a session reads as ``SessionOutbox/isWritable``; tests set it.
    package var isWritable = true

    /// Called after each thing sent; tests wait with it instead of polling.
    package var onSend: ((Sent) -> Void)?

    /// Makes an empty recorder.
    package init() {}

    /// Remembers a control message.
    package func append(control: JSONValue, session: UInt32) { record(.control(control)) }

    /// Remembers audio.
    package func append(audio: ByteBuffer, session: UInt32) { record(.audio(audio)) }

    /// Remembers text.
    package func append(text: String, session: UInt32) { record(.text(text)) }

    /// Remembers the end.
    package func finish(session: UInt32) { record(.finish) }

    /// Returns what was sent since the last call, and forgets it.
    package func takeSent() -> [Sent] {
        defer { sent.removeAll() }
        return sent
    }

    /// The control messages sent so far, in order.
    package var controls: [JSONValue] {
        sent.compactMap { item in
            guard case .control(let value) = item else { return nil }
            return value
        }
    }

    /// The audio sent so far, joined.
    package var audio: [UInt8] {
        sent.reduce(into: []) { bytes, item in
            if case .audio(let buffer) = item { bytes += buffer.readableBytesView }
        }
    }

    /// The text sent so far, joined.
    package var text: String {
        sent.reduce(into: "") { text, item in
            if case .text(let piece) = item { text += piece }
        }
    }

    /// Whether a session has finished.
    package var isFinished: Bool { sent.contains(.finish) }

    private func record(_ item: Sent) {
        sent.append(item)
        onSend?(item)
    }
}
