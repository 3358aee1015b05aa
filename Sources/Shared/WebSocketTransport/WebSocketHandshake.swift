internal import COpenSSL

/// The keys of the opening handshake (RFC 6455 §4).
package enum WebSocketHandshake {
    private static let base64Alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
    package static func accept(forKey key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        // SHA1 reads the given count of bytes and writes SHA_DIGEST_LENGTH bytes, the sizes of the two arrays.
        _ = unsafe SHA1(text, text.count, &digest)
        return self.base64(digest)
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
        return self.base64(bytes)
    }

    /// Whether a value is a well-formed `Sec-WebSocket-Key`: 16 bytes in base64, that is 22 characters and "==".
    package static func isValidKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=") else { return false }
        return bytes[..<22].allSatisfy { self.base64Alphabet.contains($0) }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 {
                let six = Int(group >> UInt32(18 - 6 * index)) & 0x3F
                text.append(index <= count ? self.base64Alphabet[six] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
