/// The kind of a WebSocket frame (RFC 6455 §5.2); the other ten values are reserved and refused.
package enum WebSocketOpcode: UInt8, Sendable, Equatable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether this is a control frame: never fragmented, payload of at most 125 bytes (RFC 6455 §5.5).
    package var isControl: Bool { self.rawValue & 0x8 != 0 }
}

/// Which end of the connection this process is: clients mask what they send, servers do not (RFC 6455 §5.1).
package enum WebSocketRole: Sendable, Equatable {
    case client
    case server
}
