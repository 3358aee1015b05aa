package import NIOCore

/// All a decoder has in hand between two messages, for taking a connection over from another owner.
package struct WebSocketReadState: Equatable, Sendable {
    /// Received bytes that do not yet make a whole frame.
    package let residualBytes: ByteBuffer
    /// The fragments of a message that is not complete; nil between messages.
    package let partialMessage: WebSocketPartialMessage?

    /// Makes a state; without arguments that of a fresh connection.
    package init(residualBytes: ByteBuffer = ByteBuffer(), partialMessage: WebSocketPartialMessage? = nil) {
        self.residualBytes = residualBytes
        self.partialMessage = partialMessage
    }
}
