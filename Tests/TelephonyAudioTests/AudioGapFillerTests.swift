import SeededTesting
import TelephonyAudio
import Testing

@Suite("Audio gap filler")
struct AudioGapFillerTests {
    @Test("observed timestamps that jitter insert nothing")
    func observedJitter() {
        var filler = AudioGapFiller()
        for timestamp in [155, 171, 195, 211, 235, 251, 271, 296, 311, 335, 351, 372, 395, 411, 434] {
            #expect(filler.silenceBytes(beforeFrameAt: timestamp, frameBytes: 160) == 0)
        }
    }

    @Test(
        "an hour of jitter and drift either way inserts nothing",
        arguments: [(19_970, 1), (20_000, 2), (20_030, 3), (20_100, 4)] as [(Int, UInt64)]
    )
    func drift(frameMicroseconds: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var filler = AudioGapFiller()
        var inserted = 0
        for frame in 0..<180_000 {
            let jitter = Int.random(in: -8...8, using: &generator)
            let timestamp = 143 + frame * frameMicroseconds / 1_000 + jitter
            inserted += filler.silenceBytes(beforeFrameAt: timestamp, frameBytes: 160)
        }
        #expect(inserted == 0)
    }

    @Test("a real gap is filled, also after much drift", arguments: [0, 100_000])
    func realGap(framesBefore: Int) {
        var filler = AudioGapFiller()
        for frame in 0...framesBefore {
            #expect(filler.silenceBytes(beforeFrameAt: 100 + frame * 19_970 / 1_000, frameBytes: 160) == 0)
        }
        let last = 100 + framesBefore * 19_970 / 1_000
        let bytes = filler.silenceBytes(beforeFrameAt: last + 20 + 1_500, frameBytes: 160)
        #expect(abs(bytes - 12_000) <= 8)
        #expect(filler.silenceBytes(beforeFrameAt: last + 20 + 1_520, frameBytes: 160) == 0)
    }

    @Test("frames lost one at a time are made up once they add up")
    func lostFrames() {
        var filler = AudioGapFiller()
        let timestamps = [0, 20, 60, 80, 120, 140, 180, 220, 240]  // 40, 100, 160 and 200 are lost
        let inserted = timestamps.map { filler.silenceBytes(beforeFrameAt: $0, frameBytes: 160) }
        #expect(inserted.reduce(0, +) >= 600)
        #expect(inserted.count { $0 > 0 } == 1)
    }

    @Test("a gap is filled up to ten seconds, and not again later")
    func longGap() {
        var filler = AudioGapFiller()
        #expect(filler.silenceBytes(beforeFrameAt: 100, frameBytes: 160) == 0)
        #expect(filler.silenceBytes(beforeFrameAt: 60_000, frameBytes: 160) == 80_000)
        #expect(filler.silenceBytes(beforeFrameAt: 60_020, frameBytes: 160) == 0)
    }

    @Test("frames of any length count by their bytes")
    func frameLengths() {
        var filler = AudioGapFiller()
        #expect(filler.silenceBytes(beforeFrameAt: 0, frameBytes: 800) == 0)
        #expect(filler.silenceBytes(beforeFrameAt: 100, frameBytes: 8) == 0)
        #expect(filler.silenceBytes(beforeFrameAt: 101, frameBytes: 160) == 0)
        #expect(filler.silenceBytes(beforeFrameAt: 181, frameBytes: 160) == 480)
    }

    @Test("silence inserted by a watchdog is not inserted twice")
    func watchdog() {
        var filler = AudioGapFiller()
        _ = filler.silenceBytes(beforeFrameAt: 0, frameBytes: 160)
        filler.silenceInserted(bytes: 8_000)
        #expect(filler.silenceBytes(beforeFrameAt: 1_020, frameBytes: 160) == 0)
        filler.silenceInserted(bytes: 8_000)
        #expect(filler.silenceBytes(beforeFrameAt: 3_040, frameBytes: 160) == 8_000)
    }

    @Test(
        "timestamps that run backwards or beyond belief insert nothing",
        arguments: [-1, 0, Int.min, Int.max, 1 << 41]
    )
    func absurd(timestamp: Int) {
        var filler = AudioGapFiller()
        _ = filler.silenceBytes(beforeFrameAt: 5_000, frameBytes: 160)
        #expect(filler.silenceBytes(beforeFrameAt: timestamp, frameBytes: 160) == 0)
        #expect(filler.silenceBytes(beforeFrameAt: max(timestamp, 0) == 0 ? 20 : 5_040, frameBytes: 160) <= 80_000)
    }
}
