import TelephonyAudio

/// Speech for machines without a speech synthesiser: one tone a letter, silence between words.
///
/// 57 ms of audio a character, the rate seen on a real synthesis service (94 characters, 5360 ms). A little noise seeded
/// by the text is mixed in, so that no two texts give the same bytes and a listener can tell which one it hears.
enum TonePattern {
    /// Samples a character takes: 57 ms at 8 kHz.
    static let samplesPerCharacter = 456
    /// Peak of the tone in 16-bit units, about -15 dBFS.
    private static let amplitude = 6000
    /// Peak of the noise in 16-bit units.
    private static let noise: UInt64 = 600

    /// Renders `text` as mu-law at 8 kHz.
    static func render(_ text: String) -> [UInt8] {
        var generator = SeededGenerator(seed: text)
        var audio: [UInt8] = []
        for character in text {
            guard character.isLetter || character.isNumber else {
                audio.append(contentsOf: repeatElement(MuLaw.silence, count: self.samplesPerCharacter))
                continue
            }
            // 24 to 49 samples a period: 160 to 330 Hz, a voice's range.
            let period = 24 + Int(SeededGenerator.hash(String(character)) % 26)
            for sample in 0..<self.samplesPerCharacter {
                let tone = self.triangle(sample % period, period)
                let noise = Int(generator.next() % (2 * self.noise)) - Int(self.noise)
                audio.append(MuLaw.encode(Int16(clamping: tone + noise)))
            }
        }
        return audio
    }

    /// A triangle wave of peak `amplitude` at `phase` of `period` samples.
    private static func triangle(_ phase: Int, _ period: Int) -> Int {
        let quarterTurns = 4 * self.amplitude * phase / period
        switch phase * 4 / period {
        case 0: return quarterTurns
        case 1, 2: return 2 * self.amplitude - quarterTurns
        default: return quarterTurns - 4 * self.amplitude
        }
    }
}
