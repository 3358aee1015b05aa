/// G.711 mu-law, the telephone network's 8 kHz code of one byte a sample.
///
/// A byte is the complement of sign, three exponent bits and four mantissa bits, over 16-bit linear samples with a bias of
/// 132.
package enum MuLaw {
    /// The byte of a zero sample; zero bytes would be full scale.
    package static let silence: UInt8 = 0xFF

    /// 8,000 samples a second.
    package static let sampleRate = 8_000

    /// One byte a sample.
    package static let bytesPerMillisecond = 8

    /// 20 ms, what the telephone network sends at a time.
    package static let bytesPerFrame = 160

    private static let bias: Int32 = 132
    private static let clip: Int32 = 32_635

    /// The 16-bit sample that `byte` stands for, from -32,124 to 32,124.
    package static func decode(_ byte: UInt8) -> Int16 {
        let bits = ~byte
        let exponent = Int32(bits >> 4 & 7)
        let magnitude = ((Int32(bits & 15) << 3 + bias) << exponent) - bias
        return Int16(truncatingIfNeeded: bits & 0x80 != 0 ? -magnitude : magnitude)
    }

    /// The byte nearest to `sample`; louder than 32,635 is clipped.
    package static func encode(_ sample: Int16) -> UInt8 {
        let sign: UInt8 = sample < 0 ? 0x80 : 0
        let magnitude = min(abs(Int32(sample)), clip) + bias
        let exponent = 24 - magnitude.leadingZeroBitCount  // the top set bit's position less 7
        let mantissa = UInt8(truncatingIfNeeded: magnitude >> Int32(exponent + 3)) & 15
        return ~(sign | UInt8(truncatingIfNeeded: exponent) << 4 | mantissa)
    }

    /// The samples that `bytes` stand for.
    package static func decode(_ bytes: [UInt8]) -> [Int16] {
        bytes.map(decode)
    }

    /// The bytes nearest to `samples`.
    package static func encode(_ samples: [Int16]) -> [UInt8] {
        samples.map(encode)
    }
}
