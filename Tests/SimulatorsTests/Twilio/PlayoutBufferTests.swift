import Simulators
import Testing

@Suite struct PlayoutBufferTests {
    @Test func `an idle buffer plays nothing and returns a mark at once`() {
        var buffer = PlayoutBuffer()
        #expect(buffer.tick().frame == nil)
        #expect(buffer.mark("a") == "a")
    }

    @Test func `marks come back when everything before them has been played, in order`() {
        var buffer = PlayoutBuffer()
        buffer.enqueue(Array(repeating: 1, count: 320))
        #expect(buffer.mark("first") == nil)
        buffer.enqueue(Array(repeating: 2, count: 160))
        #expect(buffer.mark("second") == nil)
        #expect(buffer.mark("third") == nil)
        #expect(buffer.tick().marks == [])
        #expect(buffer.tick().marks == ["first"])
        let last = buffer.tick()
        #expect(last.frame == Array(repeating: 2, count: 160))
        #expect(last.marks == ["second", "third"])
        #expect(buffer.tick().frame == nil)
    }

    @Test func `clear drops the audio and returns the pending marks`() {
        var buffer = PlayoutBuffer()
        buffer.enqueue(Array(repeating: 1, count: 1600))
        #expect(buffer.mark("a") == nil)
        #expect(buffer.mark("b") == nil)
        _ = buffer.tick()
        #expect(buffer.clear() == ["a", "b"])
        #expect(buffer.queuedBytes == 0)
        buffer.enqueue(Array(repeating: 3, count: 160))
        #expect(buffer.mark("c") == nil)
        let next = buffer.tick()
        #expect(next.frame?.first == 3)
        #expect(next.marks == ["c"])
    }

    @Test func `a partial frame is padded with silence and counted`() {
        var buffer = PlayoutBuffer()
        buffer.enqueue([5, 5])
        #expect(buffer.tick().frame == [5, 5] + Array(repeating: 0xFF, count: 158))
        #expect(buffer.partialFrames == 1)
    }

    @Test func `audio beyond ten minutes is discarded and counted`() {
        var buffer = PlayoutBuffer()
        buffer.enqueue(Array(repeating: 1, count: PlayoutBuffer.capacity))
        #expect(buffer.discardedBytes == 0)
        buffer.enqueue([1, 2, 3])
        #expect(buffer.discardedBytes == 3)
        #expect(buffer.queuedBytes == PlayoutBuffer.capacity)
    }
}
