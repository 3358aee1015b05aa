import COpenSSL

/// Random bytes for keys, nonces and tokens.
package enum RandomBytes {
    /// Unpredictable bytes from libcrypto's generator, or from the kernel's if that one fails.
    package static func make(count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // unsafe: the buffer is good for `count` bytes during the call.
        let done = unsafe bytes.withUnsafeMutableBufferPointer { unsafe RAND_bytes($0.baseAddress, Int32($0.count)) }
        if done != 1 {
            var generator = SystemRandomNumberGenerator()
            for index in bytes.indices { bytes[index] = UInt8.random(in: .min ... .max, using: &generator) }
        }
        return bytes
    }

    /// Unpredictable bytes as text of letters, digits, `-` and `_`: a nonce.
    package static func makeText(byteCount: Int) -> String {
        URLSafeBase64.encode(make(count: byteCount))
    }
}
