import Testing

@testable import GatewayCore

@Suite struct UnsettledAudioTests {
    private static func audio(_ milliseconds: Int, _ byte: UInt8 = 1) -> [UInt8] {
        [UInt8](repeating: byte, count: milliseconds * 8)
    }

    @Test func `Everything since the last settled words is kept`() {
        var kept = UnsettledAudio()
        kept.append(Self.audio(4000, 1))
        kept.settled()
        #expect(kept.count == UnsettledAudio.tailMilliseconds * 8)
        kept.append(Self.audio(2000, 2))
        #expect(kept.audio.count == (UnsettledAudio.tailMilliseconds + 2000) * 8)
        #expect(kept.audio.last == 2)
    }

    @Test func `The oldest goes when there is too much`() {
        var kept = UnsettledAudio()
        for second in 0..<30 { kept.append(Self.audio(1000, UInt8(second))) }
        #expect(kept.audio.count == 80_000)
        #expect(kept.audio.first == 20)
    }

    @Test func `Of a quiet line only the last second or two is kept`() {
        var kept = UnsettledAudio()
        for _ in 0..<500 {
            kept.append(Self.audio(20))
            kept.quiet()
        }
        #expect(kept.count >= 8_000)
        #expect(kept.count <= 16_000)
    }
}
