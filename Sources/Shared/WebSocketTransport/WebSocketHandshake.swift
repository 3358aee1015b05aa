internal import COpenSSL
internal import JSONText

/// The keys of the opening handshake (RFC 6455 §4).
package enum WebSocketHandshake {
    /// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
    package static func accept(forKey key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        // SHA1 reads the given count of bytes and writes SHA_DIGEST_LENGTH bytes, the sizes of the two arrays.
        _ = unsafe SHA1(text, text.count, &digest)
        return Base64.encode(digest)
    }

    /// A fresh `Sec-WebSocket-Key`: 16 random bytes in base64.
    package static func key(from generator: inout any RandomNumberGenerator) -> String {
        var bytes: [UInt8] = []
        for _ in 0..<2 {
            let number = generator.next()
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
            }
        }
        return Base64.encode(bytes)
    }

    /// Whether a value is a well-formed `Sec-WebSocket-Key`: 16 bytes in base64, that is 22 characters and "==".
    ///
    /// The bits of the last character that stand for nothing may have any value: the key is only echoed.
    package static func isValidKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=") else { return false }
        return bytes[..<22].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}
