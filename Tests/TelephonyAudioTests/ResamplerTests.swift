import SeededTesting
import TelephonyAudio
import Testing

@Suite("Resampler")
struct ResamplerTests {
    /// A sine by recurrence, so that no mathematics library is needed; `step` is `2 * cos(angle a sample)`.
    private func tone(step: Double, second: Double, count: Int) -> [Int16] {
        var samples: [Int16] = []
        var (before, now) = (0.0, second)
        for _ in 0..<count {
            samples.append(Int16(before * 10_000))
            (before, now) = (now, step * now - before)
        }
        return samples
    }

    private func power(_ samples: ArraySlice<Int16>) -> Double {
        samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
    }

    private func resample(_ samples: [Int16], _ from: Int, _ to: Int) -> [Int16] {
        var resampler = Resampler(from: from, to: to)
        return resampler.process(samples) + resampler.finish()
    }

    @Test(
        "the output is as long as the input lasts",
        arguments: [
            (16_000, 8_000), (24_000, 8_000), (22_050, 8_000), (8_000, 16_000), (48_000, 8_000), (44_100, 8_000),
        ]
    )
    func length(from: Int, to: Int) {
        let output = resample([Int16](repeating: 0, count: 2_205), from, to)
        #expect(output.count == (2_205 * to + from - 1) / from)
        #expect(output.allSatisfy { $0 == 0 })
    }

    @Test("the same rate changes nothing")
    func sameRate() {
        let samples: [Int16] = [1, -2, 3, .max, .min]
        #expect(resample(samples, 8_000, 8_000) == samples)
    }

    @Test("a constant stays itself in the middle", arguments: [(24_000, 8_000), (22_050, 8_000), (8_000, 24_000)])
    func constant(from: Int, to: Int) {
        let output = resample([Int16](repeating: 12_345, count: 3_000), from, to)
        #expect(output[(output.count / 3)..<(output.count / 2)].allSatisfy { abs(Int($0) - 12_345) <= 2 })
    }

    @Test("a tone of 1 kHz passes and one of 6 kHz does not, from 24 to 8 kHz")
    func lowPass() {
        // cos(2 pi / 24) and sin(2 pi / 24) for 1 kHz; cos and sin of a quarter turn for 6 kHz.
        let low = tone(step: 1.931_851_652_578_136_6, second: 0.258_819_045_102_520_8, count: 6_000)
        let high = tone(step: 0, second: 1, count: 6_000)
        let passed = resample(low, 24_000, 8_000)
        let stopped = resample(high, 24_000, 8_000)
        #expect(abs(power(passed[500..<1_500]) / power(low[1_500..<4_500]) - 1) < 0.01)
        #expect(power(stopped[500..<1_500]) < power(high[1_500..<4_500]) / 1e5)
    }

    @Test("the output is aligned with the input")
    func alignment() {
        var samples = [Int16](repeating: 0, count: 3_000)
        samples[1_500] = 30_000
        let output = resample(samples, 24_000, 8_000)
        #expect(output.indices.max { output[$0] < output[$1] } == 500)
    }

    @Test("blocks of any size give the same output", arguments: [1, 7, 100, 999])
    func blocks(size: Int) {
        var generator = SeededGenerator(seed: 41)
        let samples = (0..<2_000).map { _ in Int16.random(in: -20_000...20_000, using: &generator) }
        var resampler = Resampler(from: 22_050, to: 8_000)
        var output: [Int16] = []
        for start in stride(from: 0, to: samples.count, by: size) {
            output += resampler.process(Array(samples[start..<min(start + size, samples.count)]))
        }
        output += resampler.finish()
        #expect(output == resample(samples, 22_050, 8_000))
    }

    @Test("after the end it is as new, and full scale does not trap")
    func reuse() {
        var generator = SeededGenerator(seed: 42)
        let samples = (0..<1_000).map { _ in Bool.random(using: &generator) ? Int16.max : .min }
        var resampler = Resampler(from: 16_000, to: 8_000)
        let first = resampler.process(samples) + resampler.finish()
        let second = resampler.process(samples) + resampler.finish()
        #expect(first == second)
    }
}
