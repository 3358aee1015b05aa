import TelephonyAudio
import Testing

@Suite("Mu-law")
struct MuLawTests {
    @Test(
        "bytes decode to the samples of G.711",
        arguments: [
            (0xFF, 0), (0x7F, 0), (0xFE, 8), (0x7E, -8), (0xFD, 16), (0xF0, 120), (0xEF, 132), (0xDF, 396),
            (0xC0, 1884),
            (0xAF, 4092), (0x8F, 16764), (0x80, 32124), (0x00, -32124),
        ] as [(UInt8, Int16)]
    )
    func decoding(byte: UInt8, sample: Int16) {
        #expect(MuLaw.decode(byte) == sample)
    }

    @Test(
        "samples encode to the bytes of G.711",
        arguments: [
            (0, 0xFF), (1, 0xFF), (-1, 0x7F), (4, 0xFE), (-4, 0x7E), (100, 0xF2), (-100, 0x72), (1000, 0xCE),
            (-1000, 0x4E),
            (16000, 0x90), (32767, 0x80), (-32768, 0x00),
        ] as [(Int16, UInt8)]
    )
    func encoding(sample: Int16, byte: UInt8) {
        #expect(MuLaw.encode(sample) == byte)
    }

    @Test("every byte but negative zero survives decoding and encoding")
    func roundTrip() {
        for byte in UInt8.min ... .max where byte != 0x7F { #expect(MuLaw.encode(MuLaw.decode(byte)) == byte) }
        #expect(MuLaw.encode(MuLaw.decode(0x7F)) == 0xFF)
    }

    @Test("every sample encodes to a byte within half a step of it")
    func nearest() {
        let failures = (Int16.min ... .max).filter { sample in
            let magnitude = abs(Int(sample))
            let error = abs(Int(MuLaw.decode(MuLaw.encode(sample))) - Int(sample))
            return magnitude <= 32_635 && error > magnitude / 30 + 4
        }
        #expect(failures.isEmpty)
    }
}
