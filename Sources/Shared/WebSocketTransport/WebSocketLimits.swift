package import NIOCore

/// The bounds of one WebSocket connection; each is enforced and each breach has a defined end.
package struct WebSocketLimits: Sendable {
    /// Largest payload of a control frame in bytes (RFC 6455 §5.5).
    package static let maximumControlPayloadBytes = 125

    /// Largest message in bytes, over all its fragments.
    ///
    /// A longer one is refused as soon as its header has been read, with close code 1009.
    ///
    /// Default 1 MiB.
    package var maximumMessageBytes: Int

    /// Longest wait for the other end's part of the closing handshake; then the transport is closed.
    ///
    /// Default 500 ms.
    package var closeTimeout: TimeAmount

    /// Most bytes that may wait to be sent, including what the channel holds once it is not writable.
    ///
    /// While the channel is writable, the up to 64 KiB it may still hold are not counted. A message beyond the bound
    /// is not sent and the connection is cut: the other end no longer reads.
    ///
    /// Default 2 MiB.
    package var maximumBufferedBytes: Int

    /// Size in bytes of the buffer one read from the socket fills.
    ///
    /// Default 4096.
    ///
    /// The channel keeps such buffers for its whole life, so small ones save memory on sockets with small messages.
    package var receiveBufferBytes: Int

    /// Makes the limits; sizes below one byte are taken as one byte.
    package init(
        maximumMessageBytes: Int = 1 << 20,
        closeTimeout: TimeAmount = .milliseconds(500),
        maximumBufferedBytes: Int = 2 << 20,
        receiveBufferBytes: Int = 4096
    ) {
        self.maximumMessageBytes = max(1, maximumMessageBytes)
        self.closeTimeout = closeTimeout
        self.maximumBufferedBytes = max(1, maximumBufferedBytes)
        self.receiveBufferBytes = max(1, receiveBufferBytes)
    }
}
