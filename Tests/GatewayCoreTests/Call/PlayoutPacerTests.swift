import SeededTesting
import Testing

@testable import GatewayCore

@Suite struct PlayoutPacerTests {
    private static func audio(_ milliseconds: Int, _ byte: UInt8 = 1) -> [UInt8] {
        [UInt8](repeating: byte, count: milliseconds * 8)
    }

    private func drain(_ pacer: inout PlayoutPacer, at now: Int64) -> [Int] {
        var lengths: [Int] = []
        var output: [UInt8] = []
        while pacer.next(at: now, into: &output) != nil { lengths.append(output.count) }
        return lengths
    }

    @Test func `The first audio goes out at once, up to the lead`() {
        var pacer = PlayoutPacer()
        pacer.append(Self.audio(5000), generation: 1)
        #expect(drain(&pacer, at: 1000) == [Int](repeating: 800, count: 20))
        #expect(pacer.aheadMilliseconds(at: 1000) == 2000)
        #expect(pacer.queuedBytes == 3000 * 8)
    }

    @Test func `After that a message goes out each time there is room for one`() {
        var pacer = PlayoutPacer()
        pacer.append(Self.audio(5000), generation: 1)
        _ = drain(&pacer, at: 0)
        #expect(pacer.nextDue(at: 0) == 100)
        #expect(drain(&pacer, at: 99).isEmpty)
        #expect(drain(&pacer, at: 100) == [800])
        #expect(drain(&pacer, at: 150).isEmpty)
        #expect(drain(&pacer, at: 410) == [800, 800, 800])
    }

    @Test func `One frame of a new reply does not wait for more`() {
        var pacer = PlayoutPacer()
        pacer.append(Self.audio(20), generation: 1)
        #expect(drain(&pacer, at: 0) == [160])
    }

    @Test func `With enough at Twilio a short message waits to become whole`() {
        var pacer = PlayoutPacer()
        pacer.append(Self.audio(1000), generation: 1)
        _ = drain(&pacer, at: 0)
        pacer.append(Self.audio(40), generation: 1)
        #expect(drain(&pacer, at: 0).isEmpty)
        #expect(pacer.nextDue(at: 0) == 700)
        pacer.append(Self.audio(60), generation: 1)
        #expect(drain(&pacer, at: 0) == [800])
    }

    @Test func `A partial frame waits for its rest`() {
        var pacer = PlayoutPacer()
        pacer.append([UInt8](repeating: 1, count: 159), generation: 1)
        #expect(drain(&pacer, at: 0).isEmpty)
        #expect(pacer.nextDue(at: 0) == nil)
        pacer.append([2, 3], generation: 1)
        var output: [UInt8] = []
        #expect(pacer.next(at: 0, into: &output) == .init(generation: 1, audioBytes: 160))
        #expect(output == [UInt8](repeating: 1, count: 159) + [2])
    }

    @Test func `The last frame of a reply is filled with silence`() {
        var pacer = PlayoutPacer()
        pacer.append([UInt8](repeating: 1, count: 170), generation: 1)
        pacer.finish(generation: 1)
        var output: [UInt8] = []
        #expect(pacer.next(at: 0, into: &output) == .init(generation: 1, audioBytes: 170))
        #expect(output == [UInt8](repeating: 1, count: 170) + [UInt8](repeating: 0xFF, count: 150))
        #expect(pacer.next(at: 0, into: &output) == nil)
        #expect(pacer.queuedBytes == 0)
    }

    @Test func `Replies follow one another in order and are not mixed in one message`() {
        var pacer = PlayoutPacer()
        pacer.append([UInt8](repeating: 1, count: 80), generation: 1)
        pacer.append([UInt8](repeating: 2, count: 160), generation: 2)
        var output: [UInt8] = []
        #expect(pacer.next(at: 0, into: &output)?.generation == 1)
        #expect(output.count == 160)
        #expect(pacer.next(at: 0, into: &output)?.generation == 2)
        #expect(output == [UInt8](repeating: 2, count: 160))
    }

    @Test func `Clear drops the queue and the next audio goes out at once`() {
        var pacer = PlayoutPacer()
        pacer.append(Self.audio(5000), generation: 1)
        _ = drain(&pacer, at: 0)
        #expect(pacer.clear() == 3000 * 8)
        #expect(pacer.nextDue(at: 0) == nil)
        #expect(pacer.aheadMilliseconds(at: 0) == 0)
        pacer.append(Self.audio(20), generation: 2)
        #expect(drain(&pacer, at: 1) == [160])
    }

    @Test func `A replaced stream gets the rest of the queue at once`() {
        var pacer = PlayoutPacer()
        pacer.append(Self.audio(2500), generation: 1)
        _ = drain(&pacer, at: 0)
        pacer.streamReplaced()
        #expect(drain(&pacer, at: 1).count == 5)
    }

    @Test func `Audio beyond the queue's bound is dropped and counted`() {
        var settings = PlayoutPacer.Settings()
        settings.maximumQueuedMilliseconds = 1000
        var pacer = PlayoutPacer(settings: settings)
        #expect(pacer.append(Self.audio(1000), generation: 1) == 8000)
        #expect(pacer.append([1], generation: 1) == 0)
        #expect(pacer.droppedBytes == 1)
    }

    @Test func `A lead shorter than a message shortens the message`() {
        var settings = PlayoutPacer.Settings()
        settings.leadMilliseconds = 60
        var pacer = PlayoutPacer(settings: settings)
        pacer.append(Self.audio(500), generation: 1)
        #expect(drain(&pacer, at: 0) == [480])
    }

    @Test(arguments: 0..<40)
    func `Whatever comes, nothing is sent too early, in part, out of order or twice`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var pacer = PlayoutPacer()
        var model = PacerModel()
        for _ in 0..<400 {
            model.now += Int64.random(in: 0...60, using: &generator)
            switch Int.random(in: 0...9, using: &generator) {
            case 0:
                pacer.clear()
                model.clear()
            case 1: model.generation += 1
            case 2:
                pacer.finish(generation: model.generation)
                model.generation += 1
            default:
                let count = Int.random(in: 1...3000, using: &generator)
                model.append(to: &pacer, count: count)
            }
            model.sendAll(&pacer)
        }
        pacer.finish(generation: model.lastAppended)
        model.now += 300_000
        for _ in 0..<300 {
            model.sendAll(&pacer)
            model.now += 2000
        }
        #expect(model.sent == model.expected)
        #expect(pacer.queuedBytes == 0)
    }
}

/// Twilio's side of the pacer: when its buffer runs empty, and which bytes arrived.
private struct PacerModel {
    var now: Int64 = 0
    var generation: UInt32 = 1
    var lastAppended: UInt32 = 0
    var sent: [UInt8] = []
    var expected: [UInt8] = []
    private var waiting: [UInt8] = []
    private var emptyAt: Int64 = 0
    private var serial: UInt8 = 0

    mutating func append(to pacer: inout PlayoutPacer, count: Int) {
        let bytes = (0..<count).map { _ -> UInt8 in
            serial = (serial + 1) % 251
            return serial
        }
        pacer.append(bytes, generation: generation)
        lastAppended = generation
        waiting += bytes
    }

    mutating func clear() {
        waiting.removeAll()
        emptyAt = 0
    }

    mutating func sendAll(_ pacer: inout PlayoutPacer) {
        var output: [UInt8] = []
        while let message = pacer.next(at: now, into: &output) {
            #expect(output.count % 160 == 0)
            #expect(output.count <= 800)
            #expect(output.dropFirst(message.audioBytes).allSatisfy { $0 == 0xFF })
            #expect(output.count - message.audioBytes < 160)
            sent += output.prefix(message.audioBytes)
            expected += waiting.prefix(message.audioBytes)
            waiting.removeFirst(message.audioBytes)
            emptyAt = max(emptyAt, now) + Int64(output.count / 8)
            #expect(emptyAt - now <= 2000)
        }
    }
}
