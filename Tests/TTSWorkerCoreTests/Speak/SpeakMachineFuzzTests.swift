import TTSWorkerCore
import Testing
import WorkerProtocol

/// Random orders of everything that can happen, with the rules that must hold in all of them.
@Suite struct SpeakMachineFuzzTests {
    private struct Watcher {
        var begun: Set<UInt32> = []
        var over: Set<UInt32> = []
        var isClearing = false

        mutating func check(_ actions: [SpeakAction]) {
            for action in actions {
                switch action {
                case .report(.begin(let generation)):
                    #expect(begun.insert(generation).inserted)
                    #expect(!over.contains(generation))
                case .report(.segment(let generation, _)):
                    #expect(begun.contains(generation) && !over.contains(generation))
                case .report(.end(let generation, _)), .report(.failed(let generation, _)):
                    #expect(over.insert(generation).inserted)
                case .send(.clear):
                    #expect(!isClearing)
                    isClearing = true
                case .send(.speak(let text)):
                    #expect(!isClearing)
                    #expect(!text.isEmpty && text.unicodeScalars.count <= 2_000)
                case .send(.flush):
                    #expect(!isClearing)
                case .abortSocket, .closeSocket, .connect:
                    isClearing = false
                default: break
                }
            }
        }
    }

    @Test func noOrderOfEventsBreaksTheRules() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var rig = SpeakRig()
            var watcher = Watcher()
            var generation: UInt32 = 0
            for _ in 0..<80 {
                step(&rig, &watcher, &generation, using: &generator)
                watcher.check(rig.take())
            }
            rig.perform(rig.machine.linkClosed())
            #expect(rig.machine.isOver)
            #expect(!rig.hasTimers)
            _ = rig.take()
            for _ in 0..<10 { step(&rig, &watcher, &generation, using: &generator) }
            #expect(rig.take() == [])
        }
    }

    private func step(
        _ rig: inout SpeakRig,
        _ watcher: inout Watcher,
        _ generation: inout UInt32,
        using generator: inout some RandomNumberGenerator
    ) {
        let old = UInt32.random(in: 0...generation, using: &generator)
        switch Int.random(in: 0..<16, using: &generator) {
        case 0: rig.open()
        case 1: rig.refuse(WorkerFailure(.unavailable, detail: "503"))
        case 2:
            watcher.isClearing = false
            rig.lose()
        case 3, 4: rig.advance(Int64.random(in: 0...1_500, using: &generator))
        case 5, 6:
            generation += 1
            rig.begin(generation)
        case 7, 8: rig.text(["Yes. ", "No, ", "3.5", " ", "word", "\n"].randomElement(using: &generator) ?? "")
        case 9: rig.end(generation)
        case 10: rig.cancel(old)
        case 11, 12: rig.receive(.flushed)
        case 13:
            watcher.isClearing = false
            rig.receive(.cleared)
        case 14: rig.machine.isReadingStopped = Bool.random(using: &generator)
        default: _ = rig.audio(Int.random(in: 1...5_000, using: &generator))
        }
    }
}
