import TelephonyAudio

/// Turns rendered speech into the encoding a synthesis asked for.
enum SpeakAudio {
    /// The bytes of `audio`, mu-law at 8 kHz, in the encoding and rate of `query`.
    static func encode(_ audio: [UInt8], for query: SpeakQuery) -> [UInt8] {
        if query.encoding == "mulaw", query.sampleRate == 8000 { return audio }
        var samples = audio.map { MuLaw.decode($0) }
        if query.sampleRate != 8000 {
            var resampler = Resampler(from: 8000, to: query.sampleRate)
            samples = resampler.process(samples)
            samples += resampler.finish()
        }
        if query.encoding == "mulaw" { return samples.map { MuLaw.encode($0) } }
        return samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// Bytes a second in the encoding and rate of `query`.
    static func bytesPerSecond(_ query: SpeakQuery) -> Int {
        query.sampleRate * (query.encoding == "mulaw" ? 1 : 2)
    }

    /// Cuts `audio` into pieces of varying size, as many as it takes.
    ///
    /// The sizes are drawn from `sizes`; for 16-bit samples they are kept even.
    static func frames(
        of audio: [UInt8],
        sizes: ClosedRange<Int>,
        wholeSamples: Bool,
        using generator: inout SeededGenerator
    ) -> [ArraySlice<UInt8>] {
        var frames: [ArraySlice<UInt8>] = []
        var start = 0
        while start < audio.count {
            var size = max(1, Int.random(in: sizes, using: &generator))
            if size % 160 == 0 { size += 1 }
            if wholeSamples { size += size % 2 }
            let end = min(start + size, audio.count)
            frames.append(audio[start..<end])
            start = end
        }
        return frames
    }
}
