/// Changes the sample rate of mono 16-bit audio through a low-pass filter, keeping its state from block to block.
///
/// A polyphase windowed sinc: flat to about 0.41 of the lower rate, down by more than 60 dB at half of it. The output is
/// aligned with the input: sample 0 is sample 0, and `finish` gives what the filter still holds.
package struct Resampler: Sendable {
    private static let zeroCrossings = 32

    private let up: Int  // output samples for each `down` input samples, in lowest terms
    private let down: Int
    private let half: Int  // taps on either side of an output sample
    private let taps: [[Float]]  // one filter a phase

    private var held: [Float]  // input not used up yet, `half` samples before the next output's base first
    private var base = 0  // index in `held` of the input sample at or before the next output, less `half`
    private var phase = 0  // in units of 1/up input samples after it
    private var owed = 0  // input samples received and not yet passed by the base

    /// A resampler between two positive rates in samples a second.
    package init(from: Int, to: Int) {
        precondition(from > 0 && to > 0, "sample rates must be positive")
        let divisor = Self.greatestCommonDivisor(from, to)
        up = to / divisor
        down = from / divisor
        let stretch = max(1, Double(down) / Double(up))
        half = up == down ? 0 : Int((Double(Self.zeroCrossings) * stretch).rounded(.up))
        var taps: [[Float]] = []
        if up != down {
            for phase in 0..<up {
                taps.append(Self.filter(phase: Double(phase) / Double(up), half: half, stretch: stretch))
            }
        }
        self.taps = taps
        held = [Float](repeating: 0, count: half)
    }

    /// The output that this input completes.
    package mutating func process(_ samples: [Int16]) -> [Int16] {
        guard up != down else { return samples }
        held.append(contentsOf: samples.lazy.map(Float.init))
        owed += samples.count
        return drain()
    }

    /// The rest of the output, as if silence followed; afterwards the resampler is as new.
    package mutating func finish() -> [Int16] {
        guard up != down else { return [] }
        held.append(contentsOf: repeatElement(0, count: half + 1))
        let rest = drain()
        held = [Float](repeating: 0, count: half)
        base = 0
        phase = 0
        owed = 0
        return rest
    }

    private mutating func drain() -> [Int16] {
        var output: [Int16] = []
        while owed > 0, base + 2 * half < held.count {
            let filter = taps[phase]
            var sum: Float = 0
            for index in filter.indices { sum += filter[index] * held[base + 1 + index] }
            output.append(Int16(max(-32_768, min(32_767, sum.rounded()))))
            phase += down
            base += phase / up
            owed -= phase / up
            phase %= up
        }
        let used = min(base, held.count)
        held.removeFirst(used)
        base -= used
        return output
    }

    /// Taps for the input samples from `half - 1` before the base to `half` after it.
    private static func filter(phase: Double, half: Int, stretch: Double) -> [Float] {
        let cutoff = 0.91 / stretch  // of half the input rate
        var taps = ((1 - half)...half).map { offset -> Double in
            let distance = Double(offset) - phase
            let angle = Double.pi * distance * cutoff
            let sinc = abs(angle) < 1e-9 ? 1 : ElementaryFunctions.sine(angle) / angle
            let turn = Double.pi * distance / Double(half)
            let window = 0.42 + 0.5 * ElementaryFunctions.cosine(turn) + 0.08 * ElementaryFunctions.cosine(2 * turn)
            return sinc * window
        }
        let gain = taps.reduce(0, +)
        for index in taps.indices { taps[index] /= gain }
        return taps.map(Float.init)
    }

    private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        var (large, small) = (one, other)
        while small != 0 { (large, small) = (small, large % small) }
        return large
    }
}
