import Testing

@testable import Simulators

/// All times are of the audio's own clock.
@Suite struct ListenMachineTests {
    private static let query =
        "model=nova-3&encoding=mulaw&sample_rate=8000&interim_results=true&endpointing=300&utterance_end_ms=1000"
        + "&vad_events=true&smart_format=true&no_delay=true"

    /// What came out, with the millisecond of the audio after which it did.
    private typealias Log = [(at: Int, output: ListenOutput)]

    private func run(
        _ audio: [UInt8],
        query: String = ListenMachineTests.query,
        source: WordSource,
        faults: ListenFaults = ListenFaults(),
        chunk: Int = 160
    ) throws -> (log: Log, machine: ListenMachine) {
        var machine = ListenMachine(query: try ListenQuery.parse(query), source: source)
        var log: Log = []
        for start in stride(from: 0, to: audio.count, by: chunk) {
            let end = min(start + chunk, audio.count)
            log += machine.hear(Array(audio[start..<end]), faults: faults).map { (end / 8, $0) }
        }
        return (log, machine)
    }

    private func library(_ texts: [String]) -> WordSource {
        let library = VoiceLibrary(engine: .tones)
        for text in texts { library.register(SyntheticSpeech.utterance(text)) }
        return .library(library, UtteranceTracker())
    }

    private func script(_ lines: String...) -> WordSource {
        .script(ScriptedWords(lines: lines))
    }

    private func results(_ log: Log) -> [(at: Int, result: ListenResult)] {
        log.compactMap { entry in
            guard case .result(let result) = entry.output else { return nil }
            return (entry.at, result)
        }
    }

    private func text(_ result: ListenResult) -> String {
        (result.words ?? []).map(\.text).joined(separator: " ")
    }

    @Test func `one sentence gives its start, interims, a final at the silence and an utterance end`() throws {
        let audio = SyntheticSpeech.silence(500) + SyntheticSpeech.tone(2400) + SyntheticSpeech.silence(2000)
        let (log, _) = try self.run(audio, source: self.script("I would like to book an appointment for next Tuesday"))
        #expect(log.first?.at == 560)
        #expect(log.first?.output == .speechStarted(at: 4000))
        let results = self.results(log)
        #expect(results.map(\.at) == [800, 1800, 2800, 3200])
        #expect(results.map(\.result.isFinal) == [false, false, false, true])
        #expect(results.map(\.result.speechFinal) == [false, false, false, true])
        #expect(results.allSatisfy { $0.result.start == 0 })
        #expect(self.text(results[0].result) == "I would")
        #expect(self.text(results[3].result) == "I would like to book an appointment for next Tuesday")
        #expect(results[3].result.end == 3200 * 8)
        #expect(log.last?.at == 3900)
        #expect(log.last?.output == .utteranceEnd(lastWordEnd: 2900 * 8))
    }

    @Test func `the clock is the audio whatever the size of the messages`() throws {
        let audio = SyntheticSpeech.silence(300) + SyntheticSpeech.tone(1200) + SyntheticSpeech.silence(1500)
        let whole = try self.run(audio, source: self.script("Hello there"), chunk: 160).log.map(\.output)
        for chunk in [1, 33, 800, 5000] {
            #expect(try self.run(audio, source: self.script("Hello there"), chunk: chunk).log.map(\.output) == whole)
        }
    }

    @Test func `rendered speech is transcribed as what was said`() throws {
        let said = "What are your opening hours?"
        let audio = SyntheticSpeech.silence(333) + TonePattern.render(said) + SyntheticSpeech.silence(1500)
        let (log, _) = try self.run(audio, source: self.library([said, "I would like an appointment."]))
        let results = self.results(log)
        #expect(results.last.map { self.text($0.result) } == said)
        #expect(results.last?.result.speechFinal == true)
        // 300 ms after the onset, which lies in the frame that begins at 320 ms.
        #expect(results.first.map { $0.at } == 620)
        #expect(results.first.map { said.hasPrefix(self.text($0.result)) } == true)
    }

    @Test func `long speech is settled about every five seconds and no word is lost or doubled`() throws {
        let words = (1...40).map { "word\($0)" }.joined(separator: " ")
        let audio = SyntheticSpeech.silence(200) + TonePattern.render(words) + SyntheticSpeech.silence(1500)
        var faults = ListenFaults()
        faults.noise = true
        let (noisy, _) = try self.run(audio, source: self.library([words]), faults: faults)
        let finals = self.results(noisy).map(\.result).filter(\.isFinal)
        #expect(finals.count >= 2)
        #expect(finals.allSatisfy { !$0.speechFinal })
        let said = finals.map(self.text).joined(separator: " ")
        #expect(words.hasPrefix(said))
        #expect(zip(finals, finals.dropFirst()).allSatisfy { $0.end == $1.start })
    }

    @Test func `with the noise fault no final says speech_final but the utterance ends`() throws {
        let audio = SyntheticSpeech.silence(200) + SyntheticSpeech.tone(2000) + SyntheticSpeech.silence(6000)
        var faults = ListenFaults()
        faults.noise = true
        let (log, _) = try self.run(audio, source: self.script("I am on a train"), faults: faults)
        #expect(self.results(log).allSatisfy { !$0.result.speechFinal })
        #expect(self.results(log).contains { $0.result.isFinal && self.text($0.result) == "I am on a train" })
        #expect(log.contains { if case .utteranceEnd = $0.output { true } else { false } })
    }

    @Test func `a pause shorter than the endpointing does not end the turn`() throws {
        let audio =
            SyntheticSpeech.tone(800) + SyntheticSpeech.silence(260) + SyntheticSpeech.tone(800)
            + SyntheticSpeech.silence(600)
        let (log, _) = try self.run(audio, source: self.script("One two three four five six seven"))
        #expect(self.results(log).filter(\.result.isFinal).map(\.at) == [800 + 260 + 800 + 300])
    }

    @Test func `without endpointing a final comes without speech_final`() throws {
        let query = "encoding=mulaw&sample_rate=8000&endpointing=false"
        let audio = SyntheticSpeech.tone(800) + SyntheticSpeech.silence(1500)
        let (log, _) = try self.run(audio, query: query, source: self.script("Hello"))
        #expect(self.results(log).map(\.result.speechFinal) == [false])
        #expect(self.results(log).map(\.at) == [1800])
    }

    @Test func `nothing is said that was not asked for`() throws {
        let query = "encoding=mulaw&sample_rate=8000&endpointing=300"
        let audio = SyntheticSpeech.tone(2500) + SyntheticSpeech.silence(2500)
        let (log, _) = try self.run(audio, query: query, source: self.script("Hello there"))
        #expect(log.count == 1)
    }

    @Test func `Finalize settles at once and the later silence gives an empty speech_final`() throws {
        var (log, machine) = try self.run(
            SyntheticSpeech.tone(1000) + SyntheticSpeech.silence(100),
            source: self.script("Hello")
        )
        guard case .result(let forced)? = machine.finalize().first else {
            Issue.record("nothing was finalised")
            return
        }
        #expect(forced.fromFinalize && forced.isFinal && !forced.speechFinal)
        #expect(self.text(forced) == "Hello")
        let again = machine.finalize()
        #expect(again.isEmpty)
        log = machine.hear(SyntheticSpeech.silence(300)).map { (0, $0) }
        let empty = self.results(log).first?.result
        #expect(empty?.speechFinal == true)
        #expect(empty?.words == [])
    }

    @Test func `the end of the stream settles what is left`() throws {
        var (_, machine) = try self.run(SyntheticSpeech.tone(1000), source: self.script("Goodbye"))
        guard case .result(let last)? = machine.finish().first else {
            Issue.record("nothing was settled")
            return
        }
        #expect(last.isFinal && self.text(last) == "Goodbye")
    }

    @Test func `finals that end in a number are held when the query lets them`() throws {
        let query = Self.query.replacing("&no_delay=true", with: "")
        let audio = SyntheticSpeech.tone(1000) + SyntheticSpeech.silence(4000)
        let (log, _) = try self.run(audio, query: query, source: self.script("At nine"))
        #expect(self.results(log).filter(\.result.isFinal).map(\.at) == [1000 + 3000])
        let (free, _) = try self.run(audio, source: self.script("At nine"))
        #expect(self.results(free).filter(\.result.isFinal).map(\.at) == [1000 + 300])
    }

    @Test func `the faults of the utterance end`() throws {
        let audio = SyntheticSpeech.tone(1000) + SyntheticSpeech.silence(2000)
        func ends(_ change: (inout ListenFaults) -> Void) throws -> [ListenOutput] {
            var faults = ListenFaults()
            change(&faults)
            return try self.run(audio, source: self.script("Hello"), faults: faults).log.map(\.output).filter {
                if case .utteranceEnd = $0 { true } else { false }
            }
        }
        #expect(try ends { $0.missingUtteranceEnd = true }.isEmpty)
        #expect(try ends { $0.duplicateUtteranceEnd = true }.count == 2)
        #expect(try ends { $0.unknownLastWordEnd = true } == [.utteranceEnd(lastWordEnd: nil)])
    }

    @Test func `the fault of empty finals sends them in silence and after the utterance`() throws {
        var faults = ListenFaults()
        faults.emptyFinals = true
        let audio = SyntheticSpeech.tone(1000) + SyntheticSpeech.silence(12_000)
        let (log, _) = try self.run(audio, source: self.script("Hello"), faults: faults)
        let empty = self.results(log).map(\.result).filter { $0.words == [] && $0.isFinal }
        #expect(empty.count == 3)
        #expect(empty.first?.speechFinal == true)
    }

    @Test func `the fault of dropped interims leaves finals alone`() throws {
        var faults = ListenFaults()
        faults.dropInterims = true
        let audio = SyntheticSpeech.tone(3000) + SyntheticSpeech.silence(500)
        let (log, _) = try self.run(audio, source: self.script("Hello"), faults: faults)
        #expect(self.results(log).map(\.result.isFinal) == [true])
    }

    @Test func `speech nobody knows is reported as such`() throws {
        let audio = SyntheticSpeech.tone(1500) + SyntheticSpeech.silence(500)
        let (log, _) = try self.run(audio, source: self.library([]))
        #expect(self.results(log).map(\.result.words) == [nil, nil, nil])
        #expect(self.results(log).map(\.result.isFinal) == [false, false, true])
    }

    @Test func `a click is not speech`() throws {
        let audio = SyntheticSpeech.silence(500) + SyntheticSpeech.tone(40) + SyntheticSpeech.silence(2000)
        #expect(try self.run(audio, source: self.script("Hello")).log.isEmpty)
    }
}
