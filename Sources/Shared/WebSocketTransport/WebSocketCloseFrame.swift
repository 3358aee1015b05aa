package import NIOCore

/// The payload of a close frame: nothing, or a code and a reason (RFC 6455 §5.5.1).
package struct WebSocketCloseFrame: Equatable, Sendable {
    /// The status code; nil if the frame carries none.
    package let code: UInt16?
    /// The reason, at most 123 bytes of UTF-8; empty if there is none.
    package let reason: String

    /// Makes a frame that may be sent: a code that may not go over the wire becomes 1000, a long reason is cut.
    ///
    /// The reason is cut to 123 bytes at a character boundary, so that the payload stays within 125 bytes.
    package init(code: UInt16?, reason: String = "") {
        guard let code else {
            self.code = nil
            self.reason = ""
            return
        }
        self.code = Self.isSendable(code) ? code : 1000
        self.reason = Self.cut(reason, toBytes: WebSocketLimits.maximumControlPayloadBytes - 2)
    }

    /// Reads the unmasked payload of a received close frame.
    ///
    /// - Throws: `closeFrameMalformed` for a one-byte payload or a code that may not be sent, `textNotUTF8` for a
    ///   reason that is not UTF-8.
    package init(payload: ByteBuffer) throws(WebSocketProtocolError) {
        var payload = payload
        guard payload.readableBytes > 0 else {
            self.code = nil
            self.reason = ""
            return
        }
        guard let code = payload.readInteger(as: UInt16.self), Self.isSendable(code) else {
            throw .closeFrameMalformed
        }
        guard UTF8Text.isValid(payload.readableBytesUInt8Span) else { throw .textNotUTF8 }
        self.code = code
        self.reason = payload.readString(length: payload.readableBytes) ?? ""
    }

    /// Whether a code may stand in a close frame: the registered ones and 3000 to 4999 (RFC 6455 §7.4).
    package static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    private static func cut(_ text: String, toBytes maximum: Int) -> String {
        guard text.utf8.count > maximum else { return text }
        var kept = ""
        var count = 0
        for character in text {
            let size = character.utf8.count
            guard count + size <= maximum else { break }
            kept.append(character)
            count += size
        }
        return kept
    }
}
