import JSONText
import NIOCore
import NIOPosix
import Simulators
import Testing

@Suite struct FakeDeepgramSpeakTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private func start(_ change: (inout DeepgramSettings) -> Void = { _ in }) async throws -> FakeDeepgram {
        var settings = DeepgramSettings()
        settings.speak.firstByte = 0
        settings.speak.clearLatency = 0
        change(&settings)
        return try await .start(group: self.group, settings: settings, voice: VoiceLibrary(engine: .tones))
    }

    private func open(
        _ fake: FakeDeepgram,
        _ query: String = "?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000"
    ) async throws -> TestSocket {
        try await TestSocket.connect(fake.url + "/v1/speak" + query, on: self.group.next())
    }

    private func speak(_ socket: TestSocket, _ text: String) {
        socket.send(JSONValue.object(["type": "Speak", "text": .string(text)]).serialized())
    }

    @Test func `metadata comes first, audio before Flushed, and it is the speech of the text`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        self.speak(socket, "Hello there. ")
        self.speak(socket, "How are you?")
        socket.send(#"{"type":"Flush"}"#)
        let flushed = try await socket.waitFor("Flushed")
        #expect(flushed["sequence_id"]?.intValue == 0)
        let events = socket.events.all.map(\.event)
        #expect(events.first?.type == "Metadata")
        #expect(events.first?.json?["model_name"] == "aura-2-thalia-en")
        #expect(events.last?.type == "Flushed")
        let audio = socket.binary.flatMap { $0 }
        let expected = await fake.voice.utterance("Hello there.").audio
        #expect(audio.starts(with: expected))
        #expect(fake.voice.transcribe(audio) == "Hello there. How are you?")
        #expect(fake.records.first?.texts == ["Hello there. ", "How are you?"])
        #expect(fake.records.first?.bytesSent == audio.count)
        await fake.stop()
    }

    @Test func `the first sentence is spoken before the Flush`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        self.speak(socket, "Hello there. How")
        let first = try await fake.events.waitFor("synthesis") { if case .synthesis = $0 { true } else { false } }
        #expect(first.event == .synthesis(1, text: "Hello there."))
        await fake.stop()
    }

    @Test func `linear audio is asked for in its own rate`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake, "?encoding=linear16&sample_rate=16000")
        self.speak(socket, "Hello")
        socket.send(#"{"type":"Flush"}"#)
        try await socket.waitFor("Flushed")
        let speech = await fake.voice.utterance("Hello")
        let count = socket.binary.reduce(0) { $0 + $1.count }
        #expect(abs(count - speech.audio.count * 4) <= 400)
        await fake.stop()
    }

    @Test func `after a Clear little comes and new text is spoken after Cleared`() async throws {
        let fake = try await self.start { $0.speak.speedFactor = 1 }
        let socket = try await self.open(fake)
        self.speak(socket, "This is a very long sentence that nobody wants to hear to its end, is it not.")
        socket.send(#"{"type":"Flush"}"#)
        _ = try await socket.events.waitFor("audio") { if case .binary = $0 { true } else { false } }
        socket.send(#"{"type":"Clear"}"#)
        self.speak(socket, "New.")
        socket.send(#"{"type":"Flush"}"#)
        let cleared = try await socket.waitFor("Cleared")
        #expect(cleared["sequence_id"]?.intValue == 0)
        try await socket.waitFor("Flushed")
        let events = socket.events.all.map(\.event)
        let at = events.firstIndex { $0.type == "Cleared" } ?? 0
        let late = events[..<at].filter { if case .binary = $0 { true } else { false } }
        #expect((1...4).contains(late.count))
        let audio = events[at...].flatMap { if case .binary(let bytes) = $0 { bytes } else { [UInt8]() } }
        #expect(fake.voice.transcribe(audio) == "New.")
        await fake.stop()
    }

    @Test(arguments: [#"{"type":"KeepAlive"}"#, #"{"type":"Reset"}"#, "hello"])
    func `an unknown message closes with 1008 DATA-0000`(message: String) async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        socket.send(message)
        let close = try await socket.waitForClose()
        #expect(close.code == 1008)
        #expect(close.reason.contains("DATA-0000"))
        await fake.stop()
    }

    @Test func `a binary message closes with 1003 MESSAGE-0000`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        socket.send([1, 2, 3])
        let close = try await socket.waitForClose()
        #expect(close.code == 1003)
        #expect(close.reason.contains("MESSAGE-0000"))
        await fake.stop()
    }

    @Test func `a text of 2000 characters is taken and one of 2001 closes with 1009 BIG-0001`() async throws {
        let fake = try await self.start { $0.speak.charactersPerMinute = 10_000 }
        let socket = try await self.open(fake)
        self.speak(socket, String(repeating: "a", count: 2000))
        self.speak(socket, String(repeating: "a", count: 2001))
        let close = try await socket.waitForClose()
        #expect(close.code == 1009)
        #expect(close.reason.contains("BIG-0001"))
        #expect(fake.events.all.contains { $0.event == .speak(1, text: String(repeating: "a", count: 2000)) })
        await fake.stop()
    }

    @Test func `more than 2400 characters a minute close with 1008 DATA-0001`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        for count in [2000, 400, 1] { self.speak(socket, String(repeating: "a", count: count)) }
        let close = try await socket.waitForClose()
        #expect(close.code == 1008)
        #expect(close.reason.contains("DATA-0001"))
        await fake.stop()
    }

    @Test func `the twenty-first Flush of a minute is ignored with a warning`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        for _ in 0..<21 { socket.send(#"{"type":"Flush"}"#) }
        try await socket.waitFor("Warning")
        #expect(socket.events.all.filter { $0.event.type == "Flushed" }.count == 20)
        #expect(socket.events.all.last?.event.type == "Warning")
        await fake.stop()
    }

    @Test func `Close speaks what is left and closes with 1000`() async throws {
        let fake = try await self.start()
        let socket = try await self.open(fake)
        self.speak(socket, "Goodbye")
        socket.send(#"{"type":"Close"}"#)
        #expect(try await socket.waitForClose().code == 1000)
        #expect(fake.voice.transcribe(socket.binary.flatMap { $0 }) == "Goodbye")
        await fake.stop()
    }

    @Test func `a session has its longest time`() async throws {
        let fake = try await self.start { $0.speak.sessionSeconds = 0 }
        let socket = try await self.open(fake)
        let close = try await socket.waitForClose()
        #expect(close.code == 1011)
        #expect(close.reason.contains("NET-0003"))
        await fake.stop()
    }

    @Test func `faults cut, close and mute`() async throws {
        let fake = try await self.start { $0.speak.faults.cutAfterBytes = 1 }
        let cut = try await self.open(fake)
        self.speak(cut, "Hello. There")
        #expect(try await cut.waitForClose().code == nil)
        fake.update {
            $0.speak.faults = SpeakFaults()
            $0.speak.faults.closeAfterBytes = 1
        }
        let closed = try await self.open(fake)
        self.speak(closed, "Hello. There")
        #expect(try await closed.waitForClose().reason.contains("NET-0002"))
        fake.update {
            $0.speak.faults = SpeakFaults()
            $0.speak.faults.mute = true
        }
        let mute = try await self.open(fake)
        self.speak(mute, "Hello. There")
        mute.send(#"{"type":"Flush"}"#)
        mute.send(#"{"type":"Clear"}"#)
        try await mute.waitFor("Cleared")
        #expect(mute.binary.isEmpty)
        #expect(!mute.events.all.contains { $0.event.type == "Flushed" })
        await fake.stop()
    }
}
