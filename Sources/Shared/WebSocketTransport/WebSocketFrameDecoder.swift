package import NIOCore

/// One message or control frame, unmasked, complete and checked.
package enum WebSocketFrameEvent: Equatable {
    /// A whole text message, UTF-8 checked.
    case text(ByteBuffer)
    /// A whole binary message.
    case binary(ByteBuffer)
    /// A ping with its payload of at most 125 bytes.
    case ping(ByteBuffer)
    /// A pong with its payload of at most 125 bytes.
    case pong(ByteBuffer)
    /// A close frame.
    case close(WebSocketCloseFrame)
}

/// The fragments received so far of a message that is not complete.
package struct WebSocketPartialMessage: Equatable, Sendable {
    /// `text` or `binary`.
    package let opcode: WebSocketOpcode
    /// The unmasked bytes of the fragments.
    package let bytes: ByteBuffer

    /// Makes the state a decoder goes on from.
    package init(opcode: WebSocketOpcode, bytes: ByteBuffer) {
        self.opcode = opcode
        self.bytes = bytes
    }
}

/// Takes WebSocket frames off a buffer and joins fragments to messages (RFC 6455 §5).
///
/// ```
///  0 1 2 3 4 5 6 7 8 …          16 …
/// |F|R|R|R| opcode|M| length 7  | length 16 or 64 | masking key 32 | payload …
/// ```
///
/// The decoder consumes whole frames only: bytes of an incomplete frame stay in the caller's buffer, so that buffer
/// and ``partialMessage`` are all there is to hand over. Every rule and limit is checked on the header, before the
/// payload is waited for. Payloads from clients are unmasked into one reused buffer; those from servers are slices.
package struct WebSocketFrameDecoder {
    /// Scratch storage above this many bytes is given back after its message.
    private static let keptScratchBytes = 64 * 1024

    private let role: WebSocketRole
    private let maximumMessageBytes: Int
    /// The opcode of the message being joined; nil between messages.
    private var fragmentedOpcode: WebSocketOpcode?
    /// The fragments so far while a message is being joined, else reusable storage.
    private var message: ByteBuffer
    /// Reusable storage for unmasked control payloads.
    private var control = ByteBuffer()

    /// Makes a decoder for the end `role`, going on with `partial` if the connection was taken over inside a message.
    package init(role: WebSocketRole, maximumMessageBytes: Int, resuming partial: WebSocketPartialMessage? = nil) {
        self.role = role
        self.maximumMessageBytes = maximumMessageBytes
        self.fragmentedOpcode = partial?.opcode
        self.message = partial?.bytes ?? ByteBuffer()
    }

    /// The fragments of an incomplete message; nil between messages.
    package var partialMessage: WebSocketPartialMessage? {
        self.fragmentedOpcode.map { WebSocketPartialMessage(opcode: $0, bytes: self.message) }
    }

    /// Takes the next message or control frame off `buffer`; nil if it holds no whole one.
    ///
    /// - Throws: The first violation; the decoder must not be used afterwards.
    package mutating func next(
        from buffer: inout ByteBuffer
    ) throws(WebSocketProtocolError) -> WebSocketFrameEvent? {
        while let header = try self.readHeader(of: buffer) {
            guard buffer.readableBytes >= header.byteCount + header.payloadBytes else { return nil }
            buffer.moveReaderIndex(forwardBy: header.byteCount)
            guard let payload = buffer.readSlice(length: header.payloadBytes) else { return nil }
            if header.opcode.isControl {
                return try self.controlFrame(header, payload)
            }
            if let event = try self.dataFrame(header, payload) { return event }
        }
        return nil
    }

    private struct Header {
        var isFinal: Bool
        var opcode: WebSocketOpcode
        var maskingKey: UInt32
        var byteCount: Int
        var payloadBytes: Int
    }

    /// Reads and checks the header at the buffer's reader index; nil if it is not all there.
    private func readHeader(of buffer: ByteBuffer) throws(WebSocketProtocolError) -> Header? {
        let start = buffer.readerIndex
        guard let head = buffer.getInteger(at: start, as: UInt16.self) else { return nil }
        guard head & 0x7000 == 0 else { throw .reservedBitsSet }
        let opcodeBits = UInt8(truncatingIfNeeded: head >> 8) & 0x0F
        guard let opcode = WebSocketOpcode(rawValue: opcodeBits) else { throw .unknownOpcode(opcodeBits) }
        let isFinal = head & 0x8000 != 0
        let isMasked = head & 0x80 != 0
        let shortLength = Int(head & 0x7F)
        try self.check(opcode: opcode, isFinal: isFinal, isMasked: isMasked, shortLength: shortLength)

        var byteCount = 2
        var length = UInt64(shortLength)
        if shortLength == 126 {
            guard let long = buffer.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            guard long > 125 else { throw .lengthMalformed }
            length = UInt64(long)
            byteCount = 4
        } else if shortLength == 127 {
            guard let long = buffer.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            guard long > 0xFFFF, long >> 63 == 0 else { throw .lengthMalformed }
            length = long
            byteCount = 10
        }
        let joined = opcode == .continuation ? self.message.readableBytes : 0
        guard opcode.isControl || length <= UInt64(max(0, self.maximumMessageBytes - joined)) else {
            throw .messageTooLong(maximum: self.maximumMessageBytes)
        }
        var maskingKey: UInt32 = 0
        if isMasked {
            guard let key = buffer.getInteger(at: start + byteCount, as: UInt32.self) else { return nil }
            maskingKey = key
            byteCount += 4
        }
        return Header(
            isFinal: isFinal,
            opcode: opcode,
            maskingKey: maskingKey,
            byteCount: byteCount,
            payloadBytes: Int(length)
        )
    }

    private func check(
        opcode: WebSocketOpcode,
        isFinal: Bool,
        isMasked: Bool,
        shortLength: Int
    ) throws(WebSocketProtocolError) {
        switch self.role {
        case .server: guard isMasked else { throw .frameNotMasked }
        case .client: guard !isMasked else { throw .frameMasked }
        }
        switch opcode {
        case .close, .ping, .pong:
            guard isFinal else { throw .controlFrameFragmented }
            guard shortLength <= WebSocketLimits.maximumControlPayloadBytes else { throw .controlFrameTooLong }
            guard opcode != .close || shortLength != 1 else { throw .closeFrameMalformed }
        case .continuation:
            guard self.fragmentedOpcode != nil else { throw .continuationUnexpected }
        case .text, .binary:
            guard self.fragmentedOpcode == nil else { throw .messageInterleaved }
        }
    }

    private mutating func controlFrame(
        _ header: Header,
        _ received: ByteBuffer
    ) throws(WebSocketProtocolError) -> WebSocketFrameEvent {
        var payload = received
        if self.role == .server {
            self.control.clear()
            self.control.writeImmutableBuffer(received)
            WebSocketMask.apply(header.maskingKey, to: &self.control, from: 0)
            payload = self.control
        }
        switch header.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default: return .close(try WebSocketCloseFrame(payload: payload))
        }
    }

    /// Adds a data frame to its message; returns the message when this frame was its last.
    private mutating func dataFrame(
        _ header: Header,
        _ received: ByteBuffer
    ) throws(WebSocketProtocolError) -> WebSocketFrameEvent? {
        if header.opcode != .continuation {
            if header.isFinal, self.role == .client { return try Self.event(header.opcode, received) }
            self.fragmentedOpcode = header.opcode
            self.clearMessage()
        }
        let offset = self.message.readableBytes
        self.message.writeImmutableBuffer(received)
        WebSocketMask.apply(header.maskingKey, to: &self.message, from: offset)
        guard header.isFinal, let opcode = self.fragmentedOpcode else { return nil }
        self.fragmentedOpcode = nil
        return try Self.event(opcode, self.message)
    }

    /// Empties the message storage, or gives it back when a large message made it large.
    private mutating func clearMessage() {
        if self.message.storageCapacity > Self.keptScratchBytes {
            self.message = ByteBuffer()
        } else {
            self.message.clear()
        }
    }

    /// Gives back what a large message left behind; to be called when a read is done.
    package mutating func releaseLargeScratch() {
        guard self.fragmentedOpcode == nil, self.message.storageCapacity > Self.keptScratchBytes else { return }
        self.message = ByteBuffer()
    }

    private static func event(
        _ opcode: WebSocketOpcode,
        _ bytes: ByteBuffer
    ) throws(WebSocketProtocolError) -> WebSocketFrameEvent {
        guard opcode == .text else { return .binary(bytes) }
        guard UTF8Text.isValid(bytes.readableBytesUInt8Span) else { throw .textNotUTF8 }
        return .text(bytes)
    }
}
