import NIOCore
import STTWorkerCore
import Testing

@Suite struct CallerAudioTests {
    private func bytes(_ count: Int, _ value: UInt8 = 0x10) -> ByteBuffer {
        ByteBuffer(repeating: value, count: count)
    }

    @Test func audioIsTakenInOrderAndOnce() {
        var audio = CallerAudio()
        audio.append(ByteBuffer(bytes: [1, 2, 3]))
        audio.append(ByteBuffer(bytes: [4]))
        #expect(audio.take(2) == ByteBuffer(bytes: [1, 2]))
        #expect(audio.take(9) == ByteBuffer(bytes: [3, 4]))
        #expect(audio.take(9) == nil)
        #expect(audio.end == 4)
    }

    @Test func theOldestIsDroppedAtTheBoundAndCountedIfUnsent() {
        var audio = CallerAudio(maximumBytes: 100)
        audio.append(bytes(100))
        #expect(audio.droppedBytes == 0)
        audio.append(bytes(1))
        #expect(audio.droppedBytes == 1)
        #expect(audio.start == 1)
        #expect(audio.next == 1)
        _ = audio.take(50)
        audio.append(bytes(50))
        #expect(audio.droppedBytes == 1)
        #expect(audio.unsentBytes == 100)
    }

    @Test func settledAudioIsForgottenOnlyOnceSent() {
        var audio = CallerAudio()
        audio.append(bytes(100))
        _ = audio.take(40)
        audio.settle(through: 60)
        #expect(audio.start == 40)
        audio.settle(through: 10)
        #expect(audio.start == 40)
    }

    @Test func aRewindSendsEverythingSinceTheLastSettledAgain() {
        var audio = CallerAudio()
        audio.append(bytes(1000))
        _ = audio.take(1000)
        audio.settle(through: 400)
        audio.rewind()
        #expect(audio.next == 400)
        #expect(audio.unsentBytes == 600)
    }

    @Test func aRewindLeavesOutLongSilenceBeforeSpeech() {
        var audio = CallerAudio()
        audio.append(bytes(8000, 0xFF))
        audio.append(bytes(800, 0x10))
        _ = audio.take(8800)
        audio.rewind()
        #expect(audio.next == 8000 - 2400)
        #expect(audio.end == 8800)
    }

    @Test func anyOrderOfCallsKeepsThePositionsInOrder() {
        var audio = CallerAudio(maximumBytes: 500)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1: audio.append(bytes(Int.random(in: 0...700, using: &generator)))
            case 2: _ = audio.take(Int.random(in: 0...200, using: &generator))
            case 3: audio.settle(through: Int64.random(in: 0...(audio.end + 100), using: &generator))
            default: audio.rewind()
            }
            #expect(audio.start <= audio.next)
            #expect(audio.next <= audio.end)
            #expect(audio.end - audio.start <= 500)
        }
    }
}
