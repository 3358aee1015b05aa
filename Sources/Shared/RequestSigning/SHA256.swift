import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// How many bytes a hash has.
    package static let byteCount = 32

    /// The 32-byte hash of `bytes`.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: byteCount)
        // unsafe: both buffers outlive the call, and the hash's has the length of the digest.
        let done = unsafe hash.withUnsafeMutableBufferPointer { hash in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe EVP_Digest(bytes.baseAddress, bytes.count, hash.baseAddress, nil, EVP_sha256(), nil)
            }
        }
        guard done == 1 else { preconditionFailure("libcrypto refused a one-shot SHA-256") }
        return hash
    }

    /// The hash of `bytes` as 64 lower-case hexadecimal digits.
    package static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
