import NIOCore
import STTWorkerCore
import Testing

@Suite struct ListenMachineAudioTests {
    private var rig = ListenRig()

    private mutating func chunkSizes() -> [Int] {
        rig.take().compactMap {
            if case .sendAudio(let audio) = $0 { audio.readableBytes } else { nil }
        }
    }

    @Test mutating func framesAreGroupedInto100Milliseconds() {
        rig.open()
        _ = rig.take()
        rig.speak(milliseconds: 1_000)
        #expect(chunkSizes() == [Int](repeating: 800, count: 10))
    }

    @Test mutating func aPartOfAMessageWaits100MillisecondsAtMost() {
        rig.open()
        _ = rig.take()
        rig.audio([UInt8](repeating: 1, count: 160))
        rig.advance(99)
        #expect(chunkSizes() == [])
        rig.advance(1)
        #expect(chunkSizes() == [160])
        rig.advance(3_000)
        #expect(chunkSizes() == [])
    }

    @Test mutating func theRestAfterAWholeMessageHasItsOwnWait() {
        rig.open()
        _ = rig.take()
        rig.audio([UInt8](repeating: 1, count: 160))
        rig.advance(90)
        rig.audio([UInt8](repeating: 1, count: 800))
        #expect(chunkSizes() == [800])
        rig.advance(50)
        #expect(chunkSizes() == [])
        rig.advance(50)
        #expect(chunkSizes() == [160])
    }

    @Test(arguments: [(Int64(20), 160), (60, 480), (250, 2_000), (1, 160), (1_000, 2_000)])
    mutating func theSizeOfMessagesIsASettingWithBounds(milliseconds: Int64, bytes: Int) {
        var timings = ListenTimings()
        timings.chunkMilliseconds = milliseconds
        rig = ListenRig(timings: timings)
        rig.open()
        _ = rig.take()
        rig.speak(milliseconds: 3_000)
        let sizes = chunkSizes()
        #expect(sizes.allSatisfy { $0 == bytes })
        #expect(sizes.count == 24_000 / bytes)
        rig.audio([1])
        rig.advance(100)
        #expect(chunkSizes() == [1])
    }

    @Test mutating func anEmptyFrameIsNeverSent() {
        rig.open()
        _ = rig.take()
        rig.audio([])
        rig.advance(1_000)
        #expect(chunkSizes() == [])
    }

    @Test mutating func audioBeforeTheConnectionIsKeptAndSentPaced() {
        rig.speak(milliseconds: 2_000, level: 0x10)
        rig.open()
        #expect(chunkSizes() == [800])
        rig.advance(500)
        #expect(chunkSizes() == [Int](repeating: 800, count: 5))
        rig.advance(1_500)
        #expect(chunkSizes().reduce(0, +) == 16_000 - 6 * 800)
    }

    @Test mutating func aBacklogOfSilenceDoesNotHoldUpTheSpeechAfterIt() {
        rig.open()
        _ = rig.take()
        rig.speak(milliseconds: 1_000)
        _ = rig.take()
        rig.audio([UInt8](repeating: 0xFF, count: 40_000))
        rig.audio([UInt8](repeating: 0x10, count: 800))
        rig.advance(500)
        let sent = rig.takeAudio()
        #expect(sent.suffix(800) == [UInt8](repeating: 0x10, count: 800))
        #expect(sent.count < 8_000)
        // The provider's times still fit the caller's audio.
        rig.final("Hello", from: 0, to: 99)
        #expect(rig.machine.settledPosition == 8_000 + 40_800)
    }

    @Test mutating func of11SecondsBeforeTheConnectionTheOldestIsDroppedAndCounted() {
        rig.audio([UInt8](repeating: 0x11, count: 8_000))
        rig.audio([UInt8](repeating: 0x10, count: 80_000))
        #expect(rig.takeNotes() == [.dropped(bytes: 8_000)])
        rig.open()
        rig.advance(5_000)
        rig.perform(rig.machine.messageReceived(.unknown(type: "X"), at: rig.now))
        rig.advance(5_000)
        let sent = rig.takeAudio()
        #expect(sent.count == 80_000)
        #expect(!sent.contains(0x11))
    }

    @Test mutating func aConnectionThatDoesNotTakeMoreHoldsTheAudioBack() {
        rig.open()
        _ = rig.take()
        rig.machine.isWritable = false
        rig.speak(milliseconds: 500)
        #expect(chunkSizes() == [])
        rig.perform(rig.machine.socketBecameWritable(at: rig.now))
        #expect(chunkSizes() == [Int](repeating: 800, count: 5))
    }
}
