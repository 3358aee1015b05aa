import COpenSSL

/// HMAC with SHA-1 (RFC 2104), which Twilio signs its requests with.
package enum HMACSHA1 {
    /// How many bytes a code has.
    package static let byteCount = 20

    /// The 20-byte authentication code of `message`; any key length is allowed.
    package static func authenticationCode(key: [UInt8], message: [UInt8]) -> [UInt8] {
        // unsafe: the digest is a static table of the library.
        unsafe hmac(EVP_sha1(), byteCount, key, message)
    }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
    /// How many bytes a code has.
    package static let byteCount = 32

    /// The 32-byte authentication code of `message`; any key length is allowed.
    package static func authenticationCode(key: [UInt8], message: [UInt8]) -> [UInt8] {
        // unsafe: the digest is a static table of the library.
        unsafe hmac(EVP_sha256(), byteCount, key, message)
    }
}

/// Compares in a time that depends on the lengths only; false at once when these differ.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    guard !left.isEmpty else { return true }
    // unsafe: both pointers are good for `left.count` bytes during the call.
    return unsafe left.withUnsafeBytes { left in
        unsafe right.withUnsafeBytes { right in
            unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
        }
    }
}

private func hmac(_ digest: OpaquePointer, _ byteCount: Int, _ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: byteCount)
    // An empty array may have no address, which the library would take for "no key": it is given a zero byte, which
    // the padding of RFC 2104 makes the same key.
    let key = key.isEmpty ? [0] : key
    // unsafe: the three buffers outlive the call, and the code's has the length of the digest.
    let result = unsafe code.withUnsafeMutableBufferPointer { code in
        unsafe key.withUnsafeBytes { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe HMAC(
                    digest,
                    key.baseAddress,
                    Int32(key.count),
                    message.baseAddress,
                    message.count,
                    code.baseAddress,
                    nil
                )
            }
        }
    }
    guard unsafe result != nil else { preconditionFailure("libcrypto refused a one-shot HMAC") }
    return code
}
