import SeededTesting
import TelephonyAudio
import Testing

@Suite("WAV file")
struct WAVFileTests {
    private func bytes16(_ number: Int) -> [UInt8] { [UInt8(number & 255), UInt8(number >> 8 & 255)] }

    private func bytes32(_ number: Int) -> [UInt8] { bytes16(number & 0xFFFF) + bytes16(number >> 16 & 0xFFFF) }

    private func chunk(_ name: String, _ body: [UInt8], size: Int? = nil) -> [UInt8] {
        Array(name.utf8) + bytes32(size ?? body.count) + body + (body.count % 2 == 1 ? [0] : [])
    }

    private func riff(_ chunks: [[UInt8]]) -> [UInt8] {
        let body = Array(chunks.joined())
        return Array("RIFF".utf8) + bytes32(4 + body.count) + Array("WAVE".utf8) + body
    }

    private func format(tag: Int, channels: Int = 1, rate: Int = 8_000, bits: Int) -> [UInt8] {
        bytes16(tag) + bytes16(channels) + bytes32(rate) + bytes32(rate * channels * bits / 8)
            + bytes16(channels * bits / 8) + bytes16(bits)
    }

    @Test("16-bit audio reads back the same")
    func roundTripPCM() throws {
        let file = WAVFile(channels: 2, sampleRate: 44_100, samples: [0, 1, -1, .max, .min, 256])
        let bytes = file.serialized()
        #expect(bytes.count == 44 + 12)
        #expect(try WAVFile.parse(bytes) == file)
    }

    @Test("mu-law audio reads back the same, also with an odd count of bytes")
    func roundTripMuLaw() throws {
        let file = WAVFile(monoMuLaw: [0xFF, 0x00, 0x80])
        let bytes = file.serialized(as: .muLaw)
        #expect(bytes.count == 58 + 4)
        let back = try WAVFile.parse(bytes)
        #expect(back == file)
        #expect(back.muLaw8k() == [0xFF, 0x00, 0x80])
    }

    @Test("two telephone channels are interleaved, the shorter one padded")
    func stereo() throws {
        let file = WAVFile(stereoMuLaw: [0x80, 0x80], right: [0x00])
        #expect(file.samples == [32_124, -32_124, 32_124, 0])
        #expect(file.channels == 2)
        #expect(try WAVFile.parse(file.serialized()) == file)
        #expect(file.mono() == [0, 16_062])
    }

    @Test("chunks may come in any order, with others between them")
    func chunkOrder() throws {
        let bytes = riff([
            chunk("LIST", [1, 2, 3]), chunk("data", [1, 0, 2, 0]), chunk("junk", []),
            chunk("fmt ", format(tag: 1, bits: 16)),
        ])
        #expect(try WAVFile.parse(bytes).samples == [1, 2])
    }

    @Test("the extensible form is read by its subformat", arguments: [(1, 16), (7, 8)])
    func extensible(tag: Int, bits: Int) throws {
        let guid = bytes16(tag) + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        let extended = format(tag: 0xFFFE, bits: bits) + bytes16(22) + bytes16(bits) + bytes32(4) + guid
        let file = try WAVFile.parse(riff([chunk("fmt ", extended), chunk("data", [0x80, 0x80])]))
        #expect(file.samples.count == 16 / bits)
    }

    @Test("8-bit audio is read around its middle")
    func eightBits() throws {
        let file = try WAVFile.parse(
            riff([chunk("fmt ", format(tag: 1, bits: 8)), chunk("data", [0x80, 0x00, 0xFF, 0x81])])
        )
        #expect(file.samples == [0, -32_768, 32_512, 256])
    }

    @Test("a data size of a program that wrote to a pipe means the rest", arguments: [0x7FFF_F000, 0xFFFF_FFFF])
    func unknownSize(size: Int) throws {
        let bytes = riff([chunk("fmt ", format(tag: 1, bits: 16)), chunk("data", [1, 0, 2, 0], size: size)])
        #expect(try WAVFile.parse(bytes).samples == [1, 2])
    }

    @Test("every truncation of a file gives an error")
    func truncated() {
        let bytes = WAVFile(channels: 1, sampleRate: 8_000, samples: [1, 2, 3]).serialized()
        for length in 0..<bytes.count {
            #expect(throws: WAVError.self) { try WAVFile.parse(Array(bytes[..<length])) }
        }
    }

    @Test("what is wrong is told")
    func faults() {
        func error(_ bytes: [UInt8]) -> WAVError? {
            do throws(WAVError) {
                _ = try WAVFile.parse(bytes)
                return nil
            } catch {
                return error
            }
        }
        let audio = chunk("data", [0, 0])
        #expect(error(Array("OggS........".utf8)) == .notWAVE)
        #expect(error(riff([audio])) == .noFormat)
        #expect(error(riff([chunk("fmt ", [1, 0])])) == .noFormat)
        #expect(error(riff([chunk("fmt ", format(tag: 1, bits: 16))])) == .noAudio)
        #expect(error(riff([chunk("fmt ", format(tag: 3, bits: 32)), audio])) == .unsupportedFormat(tag: 3, bits: 32))
        #expect(error(riff([chunk("fmt ", format(tag: 7, bits: 16)), audio])) == .unsupportedFormat(tag: 7, bits: 16))
        #expect(error(riff([chunk("fmt ", format(tag: 1, bits: 0)), audio])) == .unsupportedFormat(tag: 1, bits: 0))
        #expect(error(riff([chunk("fmt ", format(tag: 1, channels: 0, bits: 16)), audio])) == .unsupportedChannels(0))
        #expect(
            error(riff([chunk("fmt ", format(tag: 1, channels: 17, bits: 16)), audio])) == .unsupportedChannels(17)
        )
        #expect(error(riff([chunk("fmt ", format(tag: 1, rate: 0, bits: 16)), audio])) == .unsupportedSampleRate(0))
        #expect(error(riff([chunk("fmt ", format(tag: 1, channels: 2, bits: 16)), audio])) == .truncated(offset: 36))
        #expect(
            error(riff([chunk("fmt ", format(tag: 1, bits: 16)), chunk("data", [0, 0], size: 4)]))
                == .truncated(offset: 36)
        )
    }

    @Test("random changes never trap", arguments: [51, 52] as [UInt64])
    func randomChanges(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let original = WAVFile(channels: 2, sampleRate: 8_000, samples: [1, 2, 3, 4]).serialized(as: .muLaw)
        for _ in 0..<5_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: .min ... .max,
                    using: &generator
                )
            }
            _ = try? WAVFile.parse(bytes)
        }
    }

    @Test("audio of another rate becomes telephone audio of the same length")
    func telephoneAudio() {
        let file = WAVFile(channels: 2, sampleRate: 24_000, samples: [Int16](repeating: 1_000, count: 4_800))
        let audio = file.muLaw8k()
        #expect(audio.count == 800)
        #expect(file.milliseconds == 100)
        #expect(audio[300..<500].allSatisfy { $0 == 0xCE })
    }
}
