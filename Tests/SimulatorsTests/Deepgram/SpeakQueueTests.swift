import NIOCore
import Testing

@testable import Simulators

@Suite struct SpeakQueueTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let frames: [[UInt8]] = [[1, 1], [2, 2], [3, 3], [4]]

    /// Runs the queue until it is idle; every wait is taken at once.
    private func drain(_ queue: inout SpeakQueue, from now: NIODeadline) -> [(at: Int64, step: SpeakQueue.Step)] {
        var now = now
        var steps: [(at: Int64, step: SpeakQueue.Step)] = []
        while true {
            let step = queue.step(at: now) { .milliseconds(Int64($0)) }
            switch step {
            case .idle: return steps
            case .wait(let time): now = time
            default: steps.append(((now - self.start).nanoseconds / 1_000_000, step))
            }
        }
    }

    @Test func `audio comes at its time, in order, and before its Flushed`() {
        var queue = SpeakQueue()
        let id = queue.addSpeech("Hello", due: self.start + .milliseconds(150))
        queue.add(.flushed)
        let before = queue.step(at: self.start) { _ in .zero }
        #expect(before == .idle)
        queue.rendered(id, frames: self.frames)
        let steps = self.drain(&queue, from: self.start)
        #expect(steps.map(\.at) == [150, 152, 154, 156, 156])
        #expect(steps.first?.step == .frame([1, 1], starts: "Hello"))
        #expect(steps.last?.step == .flushed)
    }

    @Test func `speech waits behind speech that is not rendered yet`() {
        var queue = SpeakQueue()
        let first = queue.addSpeech("One", due: self.start)
        let second = queue.addSpeech("Two", due: self.start)
        queue.rendered(second, frames: [[2]])
        #expect(self.drain(&queue, from: self.start).isEmpty)
        queue.rendered(first, frames: [[1]])
        #expect(
            self.drain(&queue, from: self.start).map(\.step) == [
                .frame([1], starts: "One"), .frame([2], starts: "Two"),
            ]
        )
    }

    @Test(arguments: 0...3)
    func `after a Clear only the late frames come, then Cleared`(late: Int) {
        var queue = SpeakQueue()
        let id = queue.addSpeech("Hello", due: self.start)
        _ = queue.addSpeech("Never said", due: self.start)
        queue.add(.flushed)
        queue.rendered(id, frames: [[0]] + self.frames)
        let first = queue.step(at: self.start) { _ in .milliseconds(50) }
        #expect(first == .frame([0], starts: "Hello"))
        queue.clear(late: late, flushed: false, due: self.start + .milliseconds(20))
        let steps = self.drain(&queue, from: self.start).map(\.step)
        #expect(steps.count == late + 1)
        #expect(steps.dropLast() == self.frames.prefix(late).map { .frame($0, starts: nil) }[...])
        #expect(steps.last == .cleared)
    }

    @Test func `a late Flushed comes before Cleared and only for a Flush that was asked for`() {
        var queue = SpeakQueue()
        _ = queue.addSpeech("Hello", due: self.start)
        queue.add(.flushed)
        queue.clear(late: 0, flushed: true, due: self.start)
        queue.clear(late: 0, flushed: true, due: self.start)
        let steps = self.drain(&queue, from: self.start).map(\.step)
        #expect(steps == [.cleared, .flushed, .cleared])
    }

    @Test func `speech asked for after a Clear comes after its Cleared`() {
        var queue = SpeakQueue()
        queue.clear(late: 2, flushed: false, due: self.start + .milliseconds(20))
        let id = queue.addSpeech("New", due: self.start)
        queue.rendered(id, frames: [[9]])
        queue.rendered(99, frames: [[7]])
        let steps = self.drain(&queue, from: self.start).map(\.step)
        #expect(steps == [.cleared, .frame([9], starts: "New")])
    }

    @Test func `frames are of odd sizes and whole samples where samples have two bytes`() {
        var generator = SeededGenerator(seed: 3)
        let audio = (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }
        let frames = SpeakAudio.frames(of: audio, sizes: 320...8192, wholeSamples: false, using: &generator)
        #expect(frames.flatMap { $0 } == audio)
        #expect(frames.dropLast().allSatisfy { (320...8193).contains($0.count) && !$0.count.isMultiple(of: 160) })
        let linear = SpeakAudio.frames(of: audio, sizes: 321...999, wholeSamples: true, using: &generator)
        #expect(linear.allSatisfy { $0.count.isMultiple(of: 2) })
    }
}
