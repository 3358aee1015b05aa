import JSONText
import NIOCore
import NIOPosix
import Testing
import WebSocketTransport

@testable import Simulators

@Suite struct FakeDeepgramListenTests {
    private static let query =
        "/v1/listen?model=nova-3&encoding=mulaw&sample_rate=8000&interim_results=true&endpointing=300"
        + "&utterance_end_ms=1000&vad_events=true&smart_format=true&no_delay=true"
    private let group = MultiThreadedEventLoopGroup.singleton

    private func start(
        _ texts: [String] = [],
        _ change: (inout DeepgramSettings) -> Void = { _ in }
    ) async throws -> FakeDeepgram {
        var settings = DeepgramSettings()
        settings.listen.latency = 0
        change(&settings)
        let library = VoiceLibrary(engine: .tones)
        for text in texts { library.register(SyntheticSpeech.utterance(text)) }
        return try await FakeDeepgram.start(group: self.group, settings: settings, voice: library)
    }

    private func open(_ fake: FakeDeepgram, _ query: String = FakeDeepgramListenTests.query) async throws -> TestSocket
    {
        try await TestSocket.connect(fake.url + query, on: self.group.next())
    }

    private func finals(_ socket: TestSocket) -> [String] {
        socket.events.all.compactMap { recorded in
            guard let json = recorded.event.json, json["type"] == "Results", json["is_final"] == true else {
                return nil
            }
            return json["channel"]?["alternatives"]?[0]?["transcript"]?.stringValue
        }.filter { !$0.isEmpty }
    }

    @Test func `a caller's sentence is transcribed, and CloseStream ends the stream`() async throws {
        let said = "What are your opening hours?"
        let fake = try await self.start([said])
        let socket = try await self.open(fake)
        for chunk in self.chunks(SyntheticSpeech.utterance(said).audio + SyntheticSpeech.silence(1500)) {
            socket.send(chunk)
        }
        try await socket.waitFor("UtteranceEnd")
        socket.send(#"{"type":"CloseStream"}"#)
        let close = try await socket.waitForClose()
        #expect(close.code == 1000)
        #expect(self.finals(socket) == [said])
        let types = socket.events.all.compactMap(\.event.type)
        #expect(types.first == "SpeechStarted")
        #expect(types.suffix(2) == ["UtteranceEnd", "Metadata"])
        #expect(fake.records.first?.finals == [said])
        let closed = try await fake.events.waitFor("closed") { if case .closed = $0 { true } else { false } }
        #expect(closed.event == .closed(1, code: 1000))
        #expect(fake.openConnections(.listen) == 0)
        await fake.stop()
    }

    @Test func `twenty calls at once hear each their own words`() async throws {
        let texts = (1...20).map { "Caller number \($0) wants an appointment on day \($0)." }
        let fake = try await self.start(texts)
        try await withThrowingTaskGroup(of: (String, [String]).self) { tasks in
            for text in texts {
                tasks.addTask {
                    let socket = try await self.open(fake)
                    for chunk in self.chunks(SyntheticSpeech.utterance(text).audio + SyntheticSpeech.silence(700)) {
                        socket.send(chunk)
                    }
                    try await socket.waitFor("Results") { $0["speech_final"] == true }
                    socket.close()
                    return (text, self.finals(socket))
                }
            }
            for try await (text, finals) in tasks { #expect(finals.joined(separator: " ") == text) }
        }
        await fake.stop()
    }

    @Test func `a script is taken line by line`() async throws {
        let fake = try await self.start { settings in
            settings.listen.script = { _ in ["Hello there.", "Goodbye now."] }
        }
        let socket = try await self.open(fake)
        for _ in 0..<2 { socket.send(SyntheticSpeech.tone(900) + SyntheticSpeech.silence(500)) }
        socket.send(#"{"type":"CloseStream"}"#)
        let close = try await socket.waitForClose()
        #expect(close.code == 1000, "\(close)")
        #expect(self.finals(socket) == ["Hello there.", "Goodbye now."], "\(socket.events.all.map(\.event))")
        await fake.stop()
    }

    @Test func `a text stands in for speech nobody knows`() async throws {
        let fake = try await self.start { $0.listen.unknown = .text("Hello is anyone there") }
        let socket = try await self.open(fake)
        socket.send(SyntheticSpeech.tone(900) + SyntheticSpeech.silence(500))
        try await socket.waitFor("Results") { $0["speech_final"] == true }
        #expect(self.finals(socket) == ["Hello is anyone there"])
        await fake.stop()
    }

    @Test(
        .enabled("pocketsphinx and flite are installed") {
            let voice = await ChildProcess.isInstalled("flite")
            let ear = await PocketSphinx.isInstalled()
            return voice && ear
        }
    )
    func `speech nobody has registered is really recognised`() async throws {
        let fake = try await self.start { $0.listen.unknown = .pocketSphinx }
        let stranger = VoiceLibrary(engine: .flite(voice: "rms"))
        let speech = await stranger.utterance("I would like to book an appointment for next Tuesday.")
        let socket = try await self.open(fake)
        socket.send(speech.audio + SyntheticSpeech.silence(500))
        socket.send(#"{"type":"CloseStream"}"#)
        _ = try await socket.waitForClose()
        #expect(self.finals(socket).joined(separator: " ") == "i would like to book an appointment for next tuesday")
        await fake.stop()
    }

    @Test func `Finalize is answered, with nothing new only every other time`() async throws {
        let fake = try await self.start { $0.listen.script = { _ in ["Hello"] } }
        let socket = try await self.open(fake)
        socket.send(SyntheticSpeech.tone(900))
        socket.send(#"{"type":"Finalize"}"#)
        let final = try await socket.waitFor("Results") { $0["from_finalize"] == true }
        #expect(final["is_final"] == true)
        #expect(final["speech_final"] == false)
        let from = socket.events.next
        for _ in 0..<4 { socket.send(#"{"type":"Finalize"}"#) }
        socket.send(#"{"type":"Oops"}"#)
        try await socket.waitFor("Error", from: from)
        #expect(socket.events.all.filter { $0.sequence >= from && $0.event.type == "Results" }.count == 2)
        await fake.stop()
    }

    @Test func `a message that is not understood is echoed and the stream goes on`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        socket.send(#"{"type":"ForceEndTurn"}"#)
        let error = try await socket.waitFor("Error")
        #expect(error["variant"] == "SchemaError")
        #expect(error["message"] == #"{"type":"ForceEndTurn"}"#)
        socket.send(#"{"type":"Configure","keyterms":["Oak Dental"]}"#)
        #expect(try await socket.waitFor("ConfigureSuccess")["keyterms"] == ["Oak Dental"])
        await fake.stop()
    }

    @Test func `key terms cannot be set on older models`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake, "/v1/listen?model=nova-2-phonecall&encoding=mulaw&sample_rate=8000")
        socket.send(#"{"type":"Configure","keyterms":["Oak"]}"#)
        #expect(try await socket.waitFor("ConfigureFailure")["code"] == "CONFIGURE_KEYTERMS_NOT_SUPPORTED")
        await fake.stop()
    }

    @Test func `a zero-length binary message ends the stream`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        socket.send(SyntheticSpeech.silence(100))
        socket.send([UInt8]())
        try await socket.waitFor("Metadata")
        #expect(try await socket.waitForClose().code == 1000)
        await fake.stop()
    }

    @Test func `an idle stream is closed with NET-0001`() async throws {
        let fake = try await self.start { $0.listen.idleTimeout = 30 }
        let socket = try await self.open(fake)
        socket.send(SyntheticSpeech.silence(20))
        let close = try await socket.waitForClose()
        #expect(close.code == 1011)
        #expect(close.reason.contains("NET-0001"))
        await fake.stop()
    }

    @Test func `a stream that never has audio is closed with NET-0000 whatever is kept alive`() async throws {
        let fake = try await self.start { $0.listen.noAudioTimeout = 30 }
        let socket = try await self.open(fake)
        socket.send(#"{"type":"KeepAlive"}"#)
        let close = try await socket.waitForClose()
        #expect(close.code == 1011)
        #expect(close.reason.contains("NET-0000"))
        await fake.stop()
    }

    @Test func `audio that comes too fast is noted, or ends the stream if so set`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        socket.send(SyntheticSpeech.silence(3000))
        let violation = try await fake.events.waitFor("violation") { if case .violation = $0 { true } else { false } }
        #expect(violation.event.connection == 1)
        fake.update { $0.listen.closesOnPacing = true }
        let second = try await self.open(fake)
        second.send(SyntheticSpeech.silence(3000))
        let close = try await second.waitForClose()
        #expect(close.code == 1011, "\(close)")
        await fake.stop()
    }

    @Test func `faults close, cut and silence a stream at their point of the audio`() async throws {
        let fake = try await self.start { settings in
            settings.listen.faults.closeAfter = .init(milliseconds: 500, code: 1011, reason: "NET-0000 boom")
        }
        let closed = try await self.open(fake)
        closed.send(SyntheticSpeech.silence(500))
        #expect(try await closed.waitForClose().reason == "NET-0000 boom")
        fake.update {
            $0.listen.faults = ListenFaults()
            $0.listen.faults.cutAfter = 500
        }
        let cut = try await self.open(fake)
        cut.send(SyntheticSpeech.silence(500))
        #expect(try await cut.waitForClose().code == nil)
        fake.update {
            $0.listen.faults = ListenFaults()
            $0.listen.faults.silentAfter = 500
        }
        let silent = try await self.open(fake)
        silent.send(SyntheticSpeech.silence(500))
        silent.send(#"{"type":"Oops"}"#)
        _ = try await fake.events.waitFor("violation of 3") {
            if case .violation(3, let what) = $0 { what.contains("Oops") } else { false }
        }
        #expect(silent.events.all.isEmpty)
        await fake.stop()
    }

    @Test func `connections can be closed and cut from outside`() async throws {
        let fake = try await self.start()
        let first = try await self.open(fake)
        fake.closeConnections(.listen, code: 1011, reason: "maintenance")
        #expect(try await first.waitForClose().reason == "maintenance")
        let second = try await self.open(fake)
        fake.cutConnections()
        #expect(try await second.waitForClose().code == nil)
        await fake.stop()
    }

    private func chunks(_ audio: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: audio.count, by: 160).map { Array(audio[$0..<min($0 + 160, audio.count)]) }
    }
}
