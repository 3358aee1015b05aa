/// Makes the identifiers providers hand out.
enum ProviderIdentifier {
    private static let hexDigits = Array("0123456789abcdef")

    /// A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits.
    static func timeOrdered(unixMilliseconds: UInt64, using generator: inout some RandomNumberGenerator) -> String {
        var bytes: [UInt8] = (0..<6).map { UInt8(truncatingIfNeeded: unixMilliseconds >> (40 - 8 * UInt64($0))) }
        let random = (generator.next() as UInt64, generator.next() as UInt64)
        for shift in stride(from: UInt64(0), to: 16, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: random.0 >> shift))
        }
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: random.1 >> shift))
        }
        bytes[6] = 0x70 | (bytes[6] & 0x0F)
        bytes[8] = 0x80 | (bytes[8] & 0x3F)
        return self.dashed(bytes)
    }

    /// A UUIDv7 of now.
    static func timeOrdered() -> String {
        var generator = SystemRandomNumberGenerator()
        return self.timeOrdered(unixMilliseconds: WallClock.unixMilliseconds(), using: &generator)
    }

    /// `count` random hexadecimal digits.
    static func hex(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<count).map { _ in self.hexDigits[Int.random(in: 0..<16, using: &generator)] })
    }

    private static func dashed(_ bytes: [UInt8]) -> String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append("-") }
            text.append(self.hexDigits[Int(byte >> 4)])
            text.append(self.hexDigits[Int(byte & 15)])
        }
        return text
    }
}
