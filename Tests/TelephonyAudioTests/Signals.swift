import SeededTesting
import TelephonyAudio

/// Synthetic telephone audio, repeatable by seed; levels are RMS values of 16-bit samples.
struct Signals {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// A quiet line: samples of 0 and ±8 at random.
    mutating func lineNoise(milliseconds: Int) -> [UInt8] {
        (0..<(milliseconds * 8)).map { _ in [0xFF, 0x7F, 0xFE, 0x7E].randomElement(using: &generator) ?? 0xFF }
    }

    /// White noise.
    mutating func noise(milliseconds: Int, level: Double) -> [UInt8] {
        (0..<(milliseconds * 8)).map { _ in
            // The sum of four uniform numbers is near enough to normal; its deviation is 1 / sqrt(3).
            let sum = (0..<4).reduce(0.0) { total, _ in total + Double.random(in: -0.5...0.5, using: &generator) }
            return MuLaw.encode(Int16(max(-32_000, min(32_000, sum * level * 1.732))))
        }
    }

    /// Voiced syllables of some 120 ms with dips of some 60 ms between them, over line noise.
    mutating func speech(milliseconds: Int, level: Double) -> [UInt8] {
        var samples: [UInt8] = []
        while samples.count < milliseconds * 8 {
            let pitch = Int.random(in: 60...80, using: &generator)  // samples a period: 100 to 133 Hz
            for index in 0..<(Int.random(in: 80...160, using: &generator) * 8) {
                let sawtooth = Double(index % pitch) / Double(pitch) * 2 - 1
                let hiss = Double.random(in: -0.2...0.2, using: &generator)
                samples.append(MuLaw.encode(Int16((sawtooth + hiss) * level * 1.7)))
            }
            samples += lineNoise(milliseconds: Int.random(in: 40...80, using: &generator))
        }
        return Array(samples.prefix(milliseconds * 8))
    }
}
