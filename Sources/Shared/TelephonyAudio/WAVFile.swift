/// Why bytes were refused as a WAV file.
package enum WAVError: Error, Equatable {
    /// They do not begin with a RIFF header of type WAVE.
    case notWAVE
    /// They end inside a chunk, which begins at this byte offset.
    case truncated(offset: Int)
    /// There is no format chunk, or one too short.
    case noFormat
    /// There is no data chunk.
    case noAudio
    /// The samples are in a format other than 16-bit PCM, 8-bit PCM and mu-law.
    case unsupportedFormat(tag: Int, bits: Int)
    /// The channels are none or more than `WAVFile.maximumChannels`.
    case unsupportedChannels(Int)
    /// The sample rate is outside `WAVFile.sampleRates`.
    case unsupportedSampleRate(Int)
}

/// A WAV file's audio, as 16-bit samples.
package struct WAVFile: Sendable, Equatable {
    /// More channels are refused.
    package static let maximumChannels = 16

    /// The sample rates that are read.
    package static let sampleRates = 1_000...384_000

    /// How samples are stored in a file.
    package enum Encoding: Sendable {
        /// 16-bit linear (format 1).
        case pcm16
        /// G.711 mu-law (format 7).
        case muLaw
    }

    /// How many samples belong to each moment.
    package let channels: Int

    /// In samples a second and channel.
    package let sampleRate: Int

    /// The samples, those of one moment beside each other.
    package let samples: [Int16]

    /// Audio of `channels` interleaved channels; both numbers must be positive.
    package init(channels: Int, sampleRate: Int, samples: [Int16]) {
        precondition(channels > 0 && sampleRate > 0, "channels and sample rate must be positive")
        self.channels = channels
        self.sampleRate = sampleRate
        self.samples = samples
    }

    /// One channel of telephone audio.
    package init(monoMuLaw audio: [UInt8]) {
        self.init(channels: 1, sampleRate: MuLaw.sampleRate, samples: MuLaw.decode(audio))
    }

    /// Two channels of telephone audio; the shorter one is followed by silence.
    package init(stereoMuLaw left: [UInt8], right: [UInt8]) {
        var samples: [Int16] = []
        let count = max(left.count, right.count)
        samples.reserveCapacity(2 * count)
        for index in 0..<count {
            samples.append(index < left.count ? MuLaw.decode(left[index]) : 0)
            samples.append(index < right.count ? MuLaw.decode(right[index]) : 0)
        }
        self.init(channels: 2, sampleRate: MuLaw.sampleRate, samples: samples)
    }

    /// How long the audio lasts, in milliseconds.
    package var milliseconds: Int {
        samples.count / channels * 1_000 / sampleRate
    }

    /// The channels mixed down to one.
    package func mono() -> [Int16] {
        guard channels > 1 else { return samples }
        return (0..<(samples.count / channels)).map { moment in
            let sum = samples[(moment * channels)..<((moment + 1) * channels)].reduce(0) { $0 + Int($1) }
            return Int16(clamping: sum / channels)
        }
    }

    /// The audio as telephone audio: mixed down to one channel, at 8 kHz, in mu-law.
    package func muLaw8k() -> [UInt8] {
        var resampler = Resampler(from: sampleRate, to: MuLaw.sampleRate)
        let mono = mono()
        return MuLaw.encode(resampler.process(mono) + resampler.finish())
    }
}
