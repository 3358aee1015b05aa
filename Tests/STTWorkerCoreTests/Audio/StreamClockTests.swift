import STTWorkerCore
import Testing

@Suite struct StreamClockTests {
    @Test func timesAreOffsetByTheConnectionsStart() {
        var clock = StreamClock(startingAt: 16_000)
        clock.sent(8000, from: 16_000)
        #expect(clock.position(at: 0) == 16_000)
        #expect(clock.position(at: 0.5) == 20_000)
        #expect(clock.position(at: 1) == 24_000)
    }

    @Test func timesBeyondWhatWasSentAreTheEndOfIt() {
        var clock = StreamClock(startingAt: 0)
        clock.sent(800, from: 0)
        #expect(clock.position(at: 99) == 800)
        #expect(clock.position(at: .infinity) == 0)
        #expect(clock.position(at: -1) == 0)
        #expect(clock.position(at: .nan) == 0)
        #expect(clock.position(at: 1e300) == 800)
    }

    @Test func silencePutInIsNotTheCallers() {
        var clock = StreamClock(startingAt: 0)
        clock.sentFiller(800)
        clock.sent(8000, from: 0)
        #expect(clock.position(at: 0.05) == 0)
        #expect(clock.position(at: 0.1) == 0)
        #expect(clock.position(at: 0.6) == 4000)
    }

    @Test func audioDroppedBeforeSendingIsSkipped() {
        var clock = StreamClock(startingAt: 0)
        clock.sent(800, from: 0)
        clock.sent(800, from: 8000)
        #expect(clock.position(at: 0.05) == 400)
        #expect(clock.position(at: 0.15) == 8400)
        #expect(clock.position(at: 0.2) == 8800)
    }
}
