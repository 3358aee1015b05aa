import NIOCore
import TelephonyAudio

/// Turns the binary messages of a transcription into mu-law at 8 kHz.
struct ListenAudioDecoder {
    private let isMuLaw: Bool
    private var resampler: Resampler?
    private var half: UInt8?

    init(query: ListenQuery) {
        self.isMuLaw = query.encoding == "mulaw"
        self.resampler = query.sampleRate == 8000 ? nil : Resampler(from: query.sampleRate, to: 8000)
    }

    /// The audio of one message; half a 16-bit sample waits for the next message.
    mutating func decode(_ bytes: ByteBuffer) -> [UInt8] {
        if self.isMuLaw { return Array(bytes.readableBytesView) }
        var all = (self.half.map { [$0] } ?? []) + bytes.readableBytesView
        self.half = all.count.isMultiple(of: 2) ? nil : all.removeLast()
        var samples = stride(from: 0, to: all.count, by: 2).map {
            Int16(truncatingIfNeeded: Int(all[$0]) | Int(all[$0 + 1]) << 8)
        }
        if self.resampler != nil { samples = self.resampler?.process(samples) ?? [] }
        return samples.map { MuLaw.encode($0) }
    }
}

/// The latest audio of a stream, kept for a recogniser that needs the whole span.
struct SpeechSpan {
    /// Most audio kept: 60 s.
    static let maximumSamples = 480_000

    private let isKept: Bool
    private var bytes: [UInt8] = []
    private var start = 0

    init(isKept: Bool) {
        self.isKept = isKept
    }

    /// Takes the next audio of the stream.
    mutating func append(_ audio: [UInt8]) {
        guard self.isKept else { return }
        self.bytes.append(contentsOf: audio)
        let excess = self.bytes.count - Self.maximumSamples
        if excess > 0 { self.drop(before: self.start + excess) }
    }

    /// Forgets the audio before `sample`.
    mutating func drop(before sample: Int) {
        let count = min(max(0, sample - self.start), self.bytes.count)
        self.bytes.removeFirst(count)
        self.start += count
    }

    /// The audio of the samples `range`, as far as it is kept; what is missing in front is silence.
    func audio(_ range: Range<Int>) -> [UInt8] {
        let from = min(max(range.lowerBound - self.start, 0), self.bytes.count)
        let to = min(max(range.upperBound - self.start, from), self.bytes.count)
        let missing = max(0, min(self.start, range.upperBound) - range.lowerBound)
        return Array(repeating: MuLaw.silence, count: missing) + self.bytes[from..<to]
    }
}
