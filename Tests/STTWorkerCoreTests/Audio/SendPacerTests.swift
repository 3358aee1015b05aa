import STTWorkerCore
import Testing

@Suite struct SendPacerTests {
    @Test func aBacklogGoesAtOnePointTwoTimesRealTime() {
        var pacer = SendPacer(initialBytes: 800, at: 0)
        var now: Int64 = 0
        var sent = 0
        while sent < 80_000 {
            now += pacer.delay(for: 800, at: now)
            pacer.spend(800, at: now)
            sent += 800
        }
        // 10 s of audio in at least 8.25 s.
        #expect(now >= 8_250)
        #expect(now <= 8_400)
    }

    @Test func liveAudioIsNeverHeldUp() {
        var pacer = SendPacer(initialBytes: 800, at: 0)
        for now in stride(from: Int64(0), to: 60_000, by: 100) {
            #expect(pacer.delay(for: 800, at: now) == 0)
            pacer.spend(800, at: now)
        }
    }

    @Test func aPauseEarnsAtMost500Milliseconds() {
        var pacer = SendPacer(initialBytes: 0, at: 0)
        #expect(pacer.delay(for: 4000, at: 100_000) == 0)
        pacer.spend(4000, at: 100_000)
        #expect(pacer.delay(for: 960, at: 100_000) == 100)
    }
}
