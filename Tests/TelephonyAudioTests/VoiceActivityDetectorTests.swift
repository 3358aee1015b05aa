import SeededTesting
import TelephonyAudio
import Testing

@Suite("Voice-activity detector")
struct VoiceActivityDetectorTests {
    private struct Event: Equatable, CustomStringConvertible {
        let transition: VoiceActivityDetector.Transition
        let milliseconds: Int
        var description: String { "\(transition) at \(milliseconds) ms" }
    }

    private func run(
        _ audio: [UInt8],
        through detector: inout VoiceActivityDetector,
        blockBytes: Int = MuLaw.bytesPerFrame
    ) -> [Event] {
        var events: [Event] = []
        for start in stride(from: 0, to: audio.count, by: blockBytes) {
            let end = min(start + blockBytes, audio.count)
            guard let transition = detector.process(audio.span.extracting(start..<end)) else { continue }
            events.append(Event(transition: transition, milliseconds: end / 8))
        }
        return events
    }

    private func run(_ audio: [UInt8], blockBytes: Int = MuLaw.bytesPerFrame) -> [Event] {
        var detector = VoiceActivityDetector()
        return run(audio, through: &detector, blockBytes: blockBytes)
    }

    @Test("silence is silence", arguments: [0xFF, 0x7F] as [UInt8])
    func silence(byte: UInt8) {
        #expect(run([UInt8](repeating: byte, count: 80_000)).isEmpty)
    }

    @Test("line noise of ±8 is silence", arguments: [1, 2, 3] as [UInt64])
    func lineNoise(seed: UInt64) {
        var signals = Signals(seed: seed)
        #expect(run(signals.lineNoise(milliseconds: 10_000)).isEmpty)
    }

    @Test("speech starts after the onset and ends after the hang-over", arguments: [1, 2, 3, 4] as [UInt64])
    func speech(seed: UInt64) {
        var signals = Signals(seed: seed)
        let audio =
            signals.lineNoise(milliseconds: 1_000) + signals.speech(milliseconds: 2_000, level: 3_000)
            + signals.lineNoise(milliseconds: 1_000) + signals.speech(milliseconds: 1_500, level: 1_000)
            + signals.lineNoise(milliseconds: 1_000)
        let events = run(audio)
        #expect(events.map(\.transition) == [.speechStarted, .speechEnded, .speechStarted, .speechEnded])
        guard events.count == 4 else { return }
        #expect((1_060...1_100).contains(events[0].milliseconds))
        #expect((3_300...3_420).contains(events[1].milliseconds))
        #expect((4_060...4_100).contains(events[2].milliseconds))
        #expect((5_800...5_920).contains(events[3].milliseconds))
    }

    @Test("speech at the very beginning of a call is heard")
    func immediateSpeech() {
        var signals = Signals(seed: 5)
        let events = run(signals.speech(milliseconds: 1_000, level: 2_000))
        #expect(events == [Event(transition: .speechStarted, milliseconds: 60)])
    }

    @Test("the size of the blocks does not matter", arguments: [1, 7, 159, 160, 161, 320])
    func blockSizes(blockBytes: Int) {
        var signals = Signals(seed: 6)
        let audio =
            signals.lineNoise(milliseconds: 500) + signals.speech(milliseconds: 1_000, level: 2_000)
            + signals.lineNoise(milliseconds: 1_000)
        let reference = run(audio)
        let events = run(audio, blockBytes: blockBytes)
        #expect(events.map(\.transition) == reference.map(\.transition))
        for (event, expected) in zip(events, reference) {
            #expect((0...40).contains(event.milliseconds - expected.milliseconds))
        }
    }

    @Test("a click of 20 ms is not speech")
    func click() {
        var signals = Signals(seed: 7)
        var audio: [UInt8] = []
        for _ in 0..<20 {
            audio += signals.lineNoise(milliseconds: 200) + signals.noise(milliseconds: 20, level: 8_000)
        }
        #expect(run(audio).isEmpty)
    }

    @Test(
        "steady noise that begins suddenly becomes the floor, and speech above it is heard",
        arguments: [8, 9] as [UInt64]
    )
    func suddenNoise(seed: UInt64) {
        var signals = Signals(seed: seed)
        var detector = VoiceActivityDetector()
        let noise = signals.lineNoise(milliseconds: 3_000) + signals.noise(milliseconds: 6_000, level: 400)
        let events = run(noise, through: &detector)
        #expect(events.map(\.transition) == [.speechStarted, .speechEnded])
        #expect((-41.0 ... -36.0).contains(detector.floorDecibels))
        let speech = run(signals.noise(milliseconds: 300, level: 3_000), through: &detector)
        #expect(speech.map(\.transition) == [.speechStarted])
    }

    @Test("a floor that rises slowly is never taken for speech", arguments: [10, 11] as [UInt64])
    func risingFloor(seed: UInt64) {
        var signals = Signals(seed: seed)
        var detector = VoiceActivityDetector()
        var level = 20.0
        var events = run(signals.lineNoise(milliseconds: 3_000), through: &detector)
        while level < 1_500 {
            events += run(signals.noise(milliseconds: 200, level: level), through: &detector)
            level *= 1.05  // 2 dB a second
        }
        #expect(events.isEmpty)
        #expect(detector.floorDecibels > -35)
        let speech = run(signals.noise(milliseconds: 300, level: 8_000), through: &detector)
        #expect(speech.map(\.transition) == [.speechStarted])
    }

    @Test("the floor falls at once when the noise stops")
    func fallingFloor() {
        var signals = Signals(seed: 12)
        var detector = VoiceActivityDetector()
        _ = run(signals.noise(milliseconds: 8_000, level: 1_000), through: &detector)
        #expect(!detector.isSpeaking)
        _ = run(signals.lineNoise(milliseconds: 100), through: &detector)
        let events = run(signals.speech(milliseconds: 500, level: 1_000), through: &detector)
        #expect(events.first == Event(transition: .speechStarted, milliseconds: 60))
    }

    @Test("speech of ten seconds without a long pause is one stretch", arguments: [13, 14] as [UInt64])
    func longSpeech(seed: UInt64) {
        var signals = Signals(seed: seed)
        let events = run(signals.lineNoise(milliseconds: 500) + signals.speech(milliseconds: 10_000, level: 1_500))
        #expect(events.map(\.transition) == [.speechStarted])
    }

    @Test("while the agent is audible the onset is longer")
    func onsetScale() {
        var signals = Signals(seed: 15)
        var detector = VoiceActivityDetector()
        detector.onsetScale = 3
        let short = signals.noise(milliseconds: 120, level: 3_000) + signals.lineNoise(milliseconds: 400)
        #expect(run(short, through: &detector).isEmpty)
        let long = signals.noise(milliseconds: 400, level: 3_000)
        #expect(run(long, through: &detector) == [Event(transition: .speechStarted, milliseconds: 180)])
        detector.onsetScale = -5
        #expect(detector.onsetScale == 1)
    }

    @Test("random bytes never trap", arguments: [16] as [UInt64])
    func randomBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var detector = VoiceActivityDetector()
        for _ in 0..<2_000 {
            let block = (0..<Int.random(in: 0...400, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            _ = detector.process(block.span)
        }
        #expect(detector.isSpeaking || detector.floorDecibels > -20)
    }

    @Test("levels are in dBFS")
    func levels() {
        func level(_ audio: [UInt8]) -> Double { AudioLevel.decibels(muLaw: audio.span) }
        #expect(level([]) == -96)
        #expect(level([0xFF, 0x7F]) == -96)
        #expect(abs(level([0x80, 0x00]) - -0.172) < 0.001)
        #expect(abs(level([UInt8](repeating: 0xFE, count: 160)) - -72.247) < 0.001)
    }
}
