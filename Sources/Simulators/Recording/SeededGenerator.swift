/// The simulators' source of repeatable choices (SplitMix64, Steele, Lea and Flood, 2014).
///
/// The same seed gives the same frame sizes, token cuts and late frames in every run.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator whose sequence is decided by `seed` alone.
    package init(seed: UInt64) {
        self.state = seed
    }

    /// Creates a generator whose sequence is decided by `text` alone.
    package init(seed text: String) {
        self.state = SeededGenerator.hash(text)
    }

    /// The next 64 pseudo-random bits.
    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A hash of `text` that is the same in every process (FNV-1a, 64 bits).
    package static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return hash
    }
}
