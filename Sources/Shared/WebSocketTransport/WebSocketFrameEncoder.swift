package import NIOCore

/// Appends WebSocket frames to a buffer, masked with a fresh key each if this end is the client (RFC 6455 §5).
package struct WebSocketFrameEncoder {
    /// Most bytes a header takes: 2, a 64-bit length and a masking key.
    package static let maximumHeaderBytes = 14

    private let role: WebSocketRole
    private var maskingKeys: any RandomNumberGenerator

    /// Makes an encoder; `maskingKeys` must be unpredictable outside tests (RFC 6455 §5.3) and is unused by servers.
    package init(role: WebSocketRole, maskingKeys: any RandomNumberGenerator) {
        self.role = role
        self.maskingKeys = maskingKeys
    }

    /// Appends one frame with the readable bytes of `payload`.
    package mutating func append(
        _ opcode: WebSocketOpcode,
        _ payload: ByteBuffer,
        isFinal: Bool = true,
        to buffer: inout ByteBuffer
    ) {
        let key = self.appendHeader(opcode, isFinal: isFinal, payload.readableBytes, to: &buffer)
        let offset = buffer.readableBytes
        buffer.writeImmutableBuffer(payload)
        WebSocketMask.apply(key, to: &buffer, from: offset)
    }

    /// Appends one frame with `payload`.
    package mutating func append(
        _ opcode: WebSocketOpcode,
        _ payload: [UInt8],
        isFinal: Bool = true,
        to buffer: inout ByteBuffer
    ) {
        let key = self.appendHeader(opcode, isFinal: isFinal, payload.count, to: &buffer)
        let offset = buffer.readableBytes
        buffer.writeBytes(payload)
        WebSocketMask.apply(key, to: &buffer, from: offset)
    }

    /// Appends one frame with the UTF-8 bytes of `payload`.
    package mutating func append(
        _ opcode: WebSocketOpcode,
        _ payload: String,
        isFinal: Bool = true,
        to buffer: inout ByteBuffer
    ) {
        let key = self.appendHeader(opcode, isFinal: isFinal, payload.utf8.count, to: &buffer)
        let offset = buffer.readableBytes
        buffer.writeString(payload)
        WebSocketMask.apply(key, to: &buffer, from: offset)
    }

    /// Appends a close frame.
    package mutating func append(_ close: WebSocketCloseFrame, to buffer: inout ByteBuffer) {
        guard let code = close.code else {
            _ = self.appendHeader(.close, isFinal: true, 0, to: &buffer)
            return
        }
        let key = self.appendHeader(.close, isFinal: true, 2 + close.reason.utf8.count, to: &buffer)
        let offset = buffer.readableBytes
        buffer.writeInteger(code)
        buffer.writeString(close.reason)
        WebSocketMask.apply(key, to: &buffer, from: offset)
    }

    /// Appends a header and returns the key to mask the payload with; 0, which changes nothing, for servers.
    private mutating func appendHeader(
        _ opcode: WebSocketOpcode,
        isFinal: Bool,
        _ payloadBytes: Int,
        to buffer: inout ByteBuffer
    ) -> UInt32 {
        buffer.reserveCapacity(minimumWritableBytes: Self.maximumHeaderBytes + payloadBytes)
        let first = UInt16(opcode.rawValue) << 8 | (isFinal ? 0x8000 : 0)
        let mask: UInt16 = self.role == .client ? 0x80 : 0
        if payloadBytes <= 125 {
            buffer.writeInteger(first | mask | UInt16(payloadBytes))
        } else if payloadBytes <= 0xFFFF {
            buffer.writeInteger(first | mask | 126)
            buffer.writeInteger(UInt16(payloadBytes))
        } else {
            buffer.writeInteger(first | mask | 127)
            buffer.writeInteger(UInt64(payloadBytes))
        }
        guard self.role == .client else { return 0 }
        let key = UInt32(truncatingIfNeeded: self.maskingKeys.next() >> 32)
        buffer.writeInteger(key)
        return key
    }
}
