// The file format (Multimedia Programming Interface and Data Specifications 1.0; WAVEFORMATEXTENSIBLE):
//
//     "RIFF" u32 size "WAVE", then chunks: 4-byte name, u32 size, the bytes, and a zero byte when the size is odd.
//     "fmt ": u16 tag, u16 channels, u32 rate, u32 bytes a second, u16 bytes a moment, u16 bits a sample;
//             with tag 0xFFFE also u16 22, u16 valid bits, u32 speakers, and a GUID that begins with the true tag.
//
// All numbers are little-endian.

extension WAVFile {
    private static let tagPCM = 1
    private static let tagMuLaw = 7
    private static let tagExtensible = 0xFFFE

    /// Programs that write to a pipe cannot know the size and put one from here up: the data go on to the end.
    private static let unknownSize = 0x7FFF_0000

    /// Reads a WAV file of 16-bit or 8-bit PCM or mu-law, also in the extensible form, with its chunks in any order.
    package static func parse(_ bytes: [UInt8]) throws(WAVError) -> WAVFile {
        guard bytes.count >= 12, name(at: 0, bytes) == "RIFF", name(at: 8, bytes) == "WAVE" else { throw .notWAVE }
        var format: Range<Int>?
        var audio: Range<Int>?
        var offset = 12
        while offset < bytes.count {
            guard offset + 8 <= bytes.count else { throw .truncated(offset: offset) }
            let chunk = name(at: offset, bytes)
            var size = number32(at: offset + 4, bytes)
            if chunk == "data", size >= unknownSize { size = bytes.count - offset - 8 }
            let body = (offset + 8)..<(offset + 8 + size)
            guard body.upperBound <= bytes.count else { throw .truncated(offset: offset) }
            if chunk == "fmt ", format == nil { format = body }
            if chunk == "data", audio == nil { audio = body }
            offset = body.upperBound + size % 2
        }
        guard let format, format.count >= 16 else { throw .noFormat }
        guard let audio else { throw .noAudio }
        return try parse(format: format, audio: audio, bytes)
    }

    /// The file's bytes.
    package func serialized(as encoding: Encoding = .pcm16) -> [UInt8] {
        let isMuLaw = encoding == .muLaw
        let width = isMuLaw ? 1 : 2
        let size = samples.count * width
        var bytes: [UInt8] = []
        bytes.reserveCapacity(60 + size)
        let formatSize = isMuLaw ? 18 : 16  // formats other than PCM carry the size of an extension, here zero
        let factSize = isMuLaw ? 12 : 0
        bytes += Array("RIFF".utf8) + Self.bytes32(4 + 8 + formatSize + factSize + 8 + size + size % 2)
        bytes += Array("WAVEfmt ".utf8) + Self.bytes32(formatSize)
        bytes += Self.bytes16(isMuLaw ? Self.tagMuLaw : Self.tagPCM) + Self.bytes16(channels)
        bytes += Self.bytes32(sampleRate) + Self.bytes32(sampleRate * channels * width)
        bytes += Self.bytes16(channels * width) + Self.bytes16(8 * width)
        if isMuLaw {
            bytes += Self.bytes16(0) + Array("fact".utf8) + Self.bytes32(4) + Self.bytes32(samples.count / channels)
        }
        bytes += Array("data".utf8) + Self.bytes32(size)
        for sample in samples {
            if isMuLaw {
                bytes.append(MuLaw.encode(sample))
            } else {
                bytes.append(UInt8(truncatingIfNeeded: sample))
                bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
            }
        }
        if size % 2 == 1 { bytes.append(0) }
        return bytes
    }

    private static func parse(
        format: Range<Int>,
        audio: Range<Int>,
        _ bytes: [UInt8]
    ) throws(WAVError) -> WAVFile {
        var tag = number16(at: format.lowerBound, bytes)
        let channels = number16(at: format.lowerBound + 2, bytes)
        let sampleRate = number32(at: format.lowerBound + 4, bytes)
        let bits = number16(at: format.lowerBound + 14, bytes)
        if tag == tagExtensible, format.count >= 40 { tag = number16(at: format.lowerBound + 24, bytes) }
        guard (1...maximumChannels).contains(channels) else { throw .unsupportedChannels(channels) }
        guard sampleRates.contains(sampleRate) else { throw .unsupportedSampleRate(sampleRate) }
        let width = bits / 8
        guard (tag == tagPCM && (bits == 16 || bits == 8)) || (tag == tagMuLaw && bits == 8) else {
            throw .unsupportedFormat(tag: tag, bits: bits)
        }
        guard audio.count % (width * channels) == 0 else { throw .truncated(offset: audio.lowerBound - 8) }
        let samples: [Int16]
        switch (tag, bits) {
        case (tagMuLaw, _): samples = bytes[audio].map(MuLaw.decode)
        case (_, 8): samples = bytes[audio].map { (Int16($0) - 128) << 8 }
        default:
            samples = stride(from: audio.lowerBound, to: audio.upperBound, by: 2).map { index in
                Int16(truncatingIfNeeded: number16(at: index, bytes))
            }
        }
        return WAVFile(channels: channels, sampleRate: sampleRate, samples: samples)
    }

    private static func name(at offset: Int, _ bytes: [UInt8]) -> String {
        String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self)
    }

    private static func number16(at offset: Int, _ bytes: [UInt8]) -> Int {
        Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
    }

    private static func number32(at offset: Int, _ bytes: [UInt8]) -> Int {
        number16(at: offset, bytes) | number16(at: offset + 2, bytes) << 16
    }

    private static func bytes16(_ number: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    }

    private static func bytes32(_ number: Int) -> [UInt8] {
        bytes16(number) + bytes16(number >> 16)
    }
}
