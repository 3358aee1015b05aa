package import NIOCore

/// The XOR masking of payloads from clients (RFC 6455 §5.3), eight bytes at a step.
package enum WebSocketMask {
    /// Masks or unmasks in place the readable bytes of `buffer` from `offset` on.
    ///
    /// `key` is the masking key as its four bytes read in network order. The first byte at `offset` meets the key's
    /// first byte, so a frame's payload must be handed over whole.
    package static func apply(_ key: UInt32, to buffer: inout ByteBuffer, from offset: Int) {
        guard key != 0 else { return }
        var bytes = buffer.mutableReadableBytesSpan
        let end = bytes.byteCount
        var position = offset
        let pattern = UInt64(key.bigEndian)
        let wide = pattern | pattern << 32
        while position &+ 8 <= end {
            // Any eight bytes are a valid UInt64, and the loop keeps the offset at least eight bytes before the end.
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            bytes.storeBytes(of: word ^ wide, toByteOffset: position, as: UInt64.self)
            position &+= 8
        }
        var shift: UInt32 = 24
        while position < end {
            // Any byte is a valid UInt8, and the loop keeps the offset before the end.
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
            bytes.storeBytes(
                of: byte ^ UInt8(truncatingIfNeeded: key >> shift),
                toByteOffset: position,
                as: UInt8.self
            )
            position &+= 1
            shift = (shift &- 8) & 31
        }
    }
}
