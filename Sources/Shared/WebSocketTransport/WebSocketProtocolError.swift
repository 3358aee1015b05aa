/// What the other end did against RFC 6455 or against our limits; ends the connection, nothing wider.
package enum WebSocketProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A reserved bit is set although no extension was agreed.
    case reservedBitsSet
    /// The opcode is one of the reserved values.
    case unknownOpcode(UInt8)
    /// A client sent a frame without a mask.
    case frameNotMasked
    /// A server sent a frame with a mask.
    case frameMasked
    /// A control frame came in fragments.
    case controlFrameFragmented
    /// A control frame announces more than 125 bytes.
    case controlFrameTooLong
    /// A length uses more bytes than it needs, or its highest bit is set.
    case lengthMalformed
    /// A continuation frame came without a message to continue.
    case continuationUnexpected
    /// A new message began inside a fragmented one.
    case messageInterleaved
    /// The message is longer than the limit.
    case messageTooLong(maximum: Int)
    /// A text message, or the reason of a close frame, is not UTF-8.
    case textNotUTF8
    /// A close frame's payload is one byte long or its code may not be sent.
    case closeFrameMalformed

    /// The code of the close frame that answers this violation (RFC 6455 §7.4.1).
    package var closeCode: UInt16 {
        switch self {
        case .messageTooLong: 1009
        case .textNotUTF8: 1007
        default: 1002
        }
    }

    package var description: String {
        switch self {
        case .reservedBitsSet: "reserved bits are set"
        case .unknownOpcode(let opcode): "opcode \(opcode) is reserved"
        case .frameNotMasked: "frame from a client is not masked"
        case .frameMasked: "frame from a server is masked"
        case .controlFrameFragmented: "control frame is fragmented"
        case .controlFrameTooLong: "control frame is longer than 125 bytes"
        case .lengthMalformed: "frame length is malformed"
        case .continuationUnexpected: "continuation frame without a message"
        case .messageInterleaved: "message begun inside a fragmented message"
        case .messageTooLong(let maximum): "message is longer than \(maximum) bytes"
        case .textNotUTF8: "text is not UTF-8"
        case .closeFrameMalformed: "close frame is malformed"
        }
    }
}
