import Conversation
import JSONText
import TelephonyAudio
import Testing
import WorkerProtocol

@testable import GatewayCore

/// The three workers of a test, each with the session of the call.
private struct Crew: Sendable {
    let stt: FakeWorker
    let llm: FakeWorker
    let tts: FakeWorker

    init(_ harness: GatewayHarness, speaks: Int? = nil) async throws {
        stt = try await harness.worker(.stt)
        llm = try await harness.worker(.llm)
        tts = try await harness.worker(.tts, behaviour: .init(speaks: speaks))
        try await harness.linked()
    }

    /// The caller says something, as the transcriber hears it.
    func callerSays(_ text: String, call: String = "CA1") async throws {
        let session = try await stt.session(of: call)
        stt.send(SpeechToTextEvent.interim(text: text).json, session: session)
        stt.send(SpeechToTextEvent.final(text: text).json, session: session)
        stt.send(SpeechToTextEvent.endOfTurn(.speechFinal).json, session: session)
    }

    /// The model answers the n-th request of the call.
    @discardableResult
    func modelSays(
        _ pieces: [String],
        call: String = "CA1",
        after index: Int = 0,
        _ reason: LanguageModelEvent.StopReason = .endTurn
    ) async throws -> UInt32 {
        let session = try await llm.session(of: call)
        let request = try await llm.control("generate", session: session, after: index)
        let generation = UInt32(request["generation"]?.intValue ?? 0)
        llm.send(LanguageModelEvent.begin(generation: generation).json, session: session)
        for piece in pieces { llm.send(text: piece, session: session) }
        llm.send(LanguageModelEvent.end(generation: generation, reason).json, session: session)
        return generation
    }

    func stop() async {
        for worker in [stt, llm, tts] { await worker.kill() }
    }
}

extension TwilioStream {
    /// Plays everything it is sent at once: echoes each mark as it comes, until the stream closes.
    fileprivate func echoMarks() -> Task<Void, Never> {
        Task {
            var index = 0
            while !Task.isCancelled {
                let found = try? await log.find(from: index) { event in
                    switch event {
                    case .mark, .closed: true
                    default: false
                    }
                }
                guard let (position, event) = found, case .mark(let name) = event else { return }
                echo(name)
                index = position + 1
            }
        }
    }
}

@Suite struct WholeCallTests {
    private static let loud = [UInt8](repeating: MuLaw.encode(8000), count: 160)

    @Test func `Sessions are opened at the webhook and get what the agent says`() async throws {
        try await GatewayHarness.run { harness async throws in
            let crew = try await Crew(harness)
            _ = try await harness.webhook("/twilio/voice")
            for worker in [crew.stt, crew.llm, crew.tts] { _ = try await worker.session(of: "CA1") }
            await crew.stop()
        }
    }

    @Test func `A turn goes from the caller's audio to the agent's`() async throws {
        try await GatewayHarness.run { harness async throws in
            let crew = try await Crew(harness, speaks: 4000)
            let stream = try await harness.call()
            stream.media(Self.loud, timestamp: 100)
            let stt = try await crew.stt.session(of: "CA1")
            try await crew.stt.log.first { $0 == .audio(session: stt, Self.loud) }
            try await crew.callerSays("What are your opening hours?")
            let llm = try await crew.llm.session(of: "CA1")
            let history = try await crew.llm.control("history", session: llm)
            #expect(
                history["messages"]?.serialized().contains("What are your opening hours?") == true
            )
            let generation = try await crew.modelSays(["Nine ", "to five."])
            let tts = try await crew.tts.session(of: "CA1")
            try await crew.tts.control("end", session: tts)
            let text = crew.tts.log.all.reduce(into: "") { text, event in
                if case .text(tts, let piece) = event { text += piece }
            }
            #expect(text.contains("Nine to five."))
            let audio = try await stream.audio(bytes: 4000)
            #expect(audio.count == 4000)
            #expect(audio.allSatisfy { $0 == UInt8(truncatingIfNeeded: generation) })
            try await stream.log.first { if case .mark = $0 { true } else { false } }
            await crew.stop()
        }
    }

    @Test func `The greeting is rendered once and goes out from memory`() async throws {
        try await GatewayHarness.run(greeting: "Hello, Oak Dental.") { settings in
            settings.agents["receptionist"]?.conversation.apology = ""
            settings.agents["receptionist"]?.conversation.refusal = ""
            settings.agents["receptionist"]?.conversation.outage = ""
            settings.agents["receptionist"]?.conversation.transferSentence = ""
            settings.agents["receptionist"]?.conversation.goodbye = ""
            settings.agents["receptionist"]?.conversation.turn.noInputPrompts = []
        } _: { harness async throws in
            let crew = try await Crew(harness, speaks: 1600)
            try await harness.eventually { $0.speeches.cache.count == 1 && $0.speeches.pendingCount == 0 }
            let before = crew.tts.log.all.count
            let first = try await harness.call("CA1")
            let second = try await harness.call("CA2", streamSID: "MZ2")
            #expect(try await first.audio(bytes: 1600).count == 1600)
            #expect(try await second.audio(bytes: 1600).count == 1600)
            let spoken = crew.tts.log.all.dropFirst(before).contains { if case .text = $0 { true } else { false } }
            #expect(!spoken)
            await crew.stop()
        }
    }

    @Test func `A greeting that is not ready is spoken by the call's own session`() async throws {
        try await GatewayHarness.run(greeting: "Hello, Oak Dental.") { harness async throws in
            let crew = try await Crew(harness)
            let stream = try await harness.call()
            let tts = try await crew.tts.session(of: "CA1")
            let begin = try await crew.tts.control("begin", session: tts)
            try await crew.tts.log.first { $0 == .text(session: tts, "Hello, Oak Dental.") }
            let generation = UInt32(begin["generation"]?.intValue ?? 0)
            crew.tts.send(TextToSpeechEvent.begin(generation: generation).json, session: tts)
            crew.tts.send(audio: [UInt8](repeating: 7, count: 170), session: tts)
            crew.tts.send(TextToSpeechEvent.end(generation: generation, cancelled: false).json, session: tts)
            let audio = try await stream.audio(bytes: 320)
            #expect(audio == [UInt8](repeating: 7, count: 170) + [UInt8](repeating: 0xFF, count: 150))
            await crew.stop()
        }
    }

    @Test func `A barge-in clears, and nothing of the old reply follows`() async throws {
        try await GatewayHarness.run { harness async throws in
            let crew = try await Crew(harness)
            let stream = try await harness.call()
            try await crew.callerSays("Tell me a story")
            let generation = try await crew.modelSays(["Once upon a time there was a dentist."])
            let tts = try await crew.tts.session(of: "CA1")
            try await crew.tts.control("begin", session: tts)
            crew.tts.send(TextToSpeechEvent.begin(generation: generation).json, session: tts)
            crew.tts.send(audio: [UInt8](repeating: 9, count: 40_000), session: tts)
            _ = try await stream.audio(bytes: 16_000)
            let stt = try await crew.stt.session(of: "CA1")
            crew.stt.send(SpeechToTextEvent.interim(text: "Stop please").json, session: stt)
            let (cleared, _) = try await stream.log.find { $0 == .clear }
            try await crew.tts.control("cancel", session: tts)
            crew.tts.send(audio: [UInt8](repeating: 9, count: 4_000), session: tts)
            crew.tts.send(TextToSpeechEvent.end(generation: generation, cancelled: true).json, session: tts)
            let asked = crew.llm.log.all.count
            crew.stt.send(SpeechToTextEvent.final(text: "Stop please.").json, session: stt)
            crew.stt.send(SpeechToTextEvent.endOfTurn(.speechFinal).json, session: stt)
            let next = try await crew.modelSays(["All right."], after: asked)
            crew.tts.send(TextToSpeechEvent.begin(generation: next).json, session: tts)
            crew.tts.send(audio: [UInt8](repeating: 5, count: 800), session: tts)
            #expect(try await stream.audio(bytes: 800, after: cleared) == [UInt8](repeating: 5, count: 800))
            await crew.stop()
        }
    }

    @Test func `Stop, close and cut end the call alike`() async throws {
        for way in 0..<3 {
            try await GatewayHarness.run { settings in
                settings.times.detachedCall = 30
            } _: { harness async throws in
                let crew = try await Crew(harness)
                let stream = try await harness.call()
                try await harness.eventually { $0.calls["CA1"]?.phase == .streaming }
                switch way {
                case 0: stream.stop()
                case 1: stream.close()
                default: stream.cut()
                }
                for worker in [crew.stt, crew.llm, crew.tts] {
                    try await worker.control("close", session: try await worker.session(of: "CA1"))
                }
                #expect(try await harness.read { $0.calls.count } == 0)
                await crew.stop()
            }
        }
    }

    @Test func `A second stream of a call takes the place of the first`() async throws {
        try await GatewayHarness.run { harness async throws in
            let crew = try await Crew(harness, speaks: 800)
            let first = try await harness.call(streamSID: "MZ1")
            try await harness.eventually { $0.calls["CA1"]?.phase == .streaming }
            let second = try await harness.call(streamSID: "MZ2")
            #expect(try await first.closeCode() == 1000)
            try await crew.callerSays("Hello")
            try await crew.modelSays(["Hi."])
            #expect(try await second.audio(bytes: 800).count == 800)
            #expect(try await harness.read { $0.calls.count } == 1)
            await crew.stop()
        }
    }

    @Test func `A call whose stream broke goes on with the next one`() async throws {
        try await GatewayHarness.run { harness async throws in
            let crew = try await Crew(harness)
            let first = try await harness.call()
            try await crew.callerSays("My name is Ada")
            try await crew.modelSays([], .endTurn)
            first.cut()
            try await harness.eventually { $0.calls["CA1"]?.phase == .detached }
            let document = try await harness.webhook("/twilio/after-stream", status: "in-progress").body
            let second = try await harness.stream(sid: "MZ2")
            second.start(call: "CA1", parameters: ["token": GatewayHarness.parameter("token", of: document) ?? ""])
            try await harness.eventually { $0.calls["CA1"]?.phase == .streaming }
            let asked = crew.llm.log.all.count
            try await crew.callerSays("What is my name")
            let llm = try await crew.llm.session(of: "CA1")
            let history = try await crew.llm.control("history", session: llm, after: asked)
            #expect(history.serialized().contains("My name is Ada"))
            await crew.stop()
        }
    }

    @Test func `The agent hangs up after its goodbye was heard`() async throws {
        try await GatewayHarness.run { settings in
            settings.agents["receptionist"]?.conversation.tools = [.init(name: "end_call", kind: .endCall)]
        } _: { harness async throws in
            let crew = try await Crew(harness, speaks: 800)
            let stream = try await harness.call()
            let echoing = stream.echoMarks()
            try await crew.callerSays("Goodbye")
            let llm = try await crew.llm.session(of: "CA1")
            let request = try await crew.llm.control("generate", session: llm)
            let generation = UInt32(request["generation"]?.intValue ?? 0)
            crew.llm.send(LanguageModelEvent.begin(generation: generation).json, session: llm)
            crew.llm.send(text: "Goodbye.", session: llm)
            crew.llm.send(
                LanguageModelEvent.toolCall(generation: generation, id: "t1", name: "end_call", input: [:]).json,
                session: llm
            )
            crew.llm.send(LanguageModelEvent.end(generation: generation, .toolUse).json, session: llm)
            _ = try await stream.audio(bytes: 800)
            #expect(try await stream.closeCode() == 1000)
            let answer = try await harness.webhook("/twilio/after-stream", status: "in-progress")
            #expect(answer.body.contains("<Hangup/>"))
            #expect(try await harness.read { $0.calls.count } == 0)
            await echoing.value
            await crew.stop()
        }
    }

    @Test func `A transfer dials after the stream`() async throws {
        try await GatewayHarness.run { settings in
            settings.agents["receptionist"]?.conversation.tools = [
                .init(name: "transfer_call", kind: .transferCall(destination: "+441632960009"))
            ]
        } _: { harness async throws in
            let crew = try await Crew(harness, speaks: 800)
            let stream = try await harness.call()
            let echoing = stream.echoMarks()
            try await crew.callerSays("A person please")
            let llm = try await crew.llm.session(of: "CA1")
            let request = try await crew.llm.control("generate", session: llm)
            let generation = UInt32(request["generation"]?.intValue ?? 0)
            crew.llm.send(LanguageModelEvent.begin(generation: generation).json, session: llm)
            crew.llm.send(
                LanguageModelEvent.toolCall(generation: generation, id: "t1", name: "transfer_call", input: [:]).json,
                session: llm
            )
            crew.llm.send(LanguageModelEvent.end(generation: generation, .toolUse).json, session: llm)
            #expect(try await stream.closeCode() == 1000)
            let answer = try await harness.webhook("/twilio/after-stream", status: "in-progress")
            #expect(answer.body.contains("<Dial><Number>+441632960009</Number></Dial>"))
            await echoing.value
            await crew.stop()
        }
    }

    @Test func `A tool is run by the model's worker and its result answered`() async throws {
        try await GatewayHarness.run { settings in
            settings.agents["receptionist"]?.conversation.tools = [.init(name: "find_slot")]
        } _: { harness async throws in
            let crew = try await Crew(harness, speaks: 800)
            _ = try await harness.call()
            try await crew.callerSays("Monday?")
            let llm = try await crew.llm.session(of: "CA1")
            let request = try await crew.llm.control("generate", session: llm)
            let generation = UInt32(request["generation"]?.intValue ?? 0)
            crew.llm.send(LanguageModelEvent.begin(generation: generation).json, session: llm)
            crew.llm.send(
                LanguageModelEvent.toolCall(
                    generation: generation,
                    id: "t1",
                    name: "find_slot",
                    input: ["day": "Monday"]
                )
                .json,
                session: llm
            )
            crew.llm.send(LanguageModelEvent.end(generation: generation, .toolUse).json, session: llm)
            let run = try await crew.llm.control("run_tool", session: llm)
            #expect(run["input"] == ["day": "Monday"])
            #expect(run["idempotency_key"]?.stringValue?.isEmpty == false)
            let asked = crew.llm.log.all.count
            crew.llm.send(
                LanguageModelEvent.toolResult(id: "t1", content: "10 o'clock", isError: false).json,
                session: llm
            )
            let history = try await crew.llm.control("history", session: llm, after: asked)
            #expect(history.serialized().contains("10 o'clock"))
            await crew.stop()
        }
    }

    @Test func `Keys and silence in gaps reach the conversation and the transcriber`() async throws {
        try await GatewayHarness.run { harness async throws in
            let crew = try await Crew(harness)
            let stream = try await harness.call()
            let stt = try await crew.stt.session(of: "CA1")
            stream.media(Self.loud, timestamp: 100)
            stream.media(Self.loud, timestamp: 620)
            try await crew.stt.log.first { $0 == .audio(session: stt, [UInt8](repeating: 0xFF, count: 4000)) }
            for key in ["4", "2", "#"] {
                stream.send(#"{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"\#(key)"}}"#)
            }
            let llm = try await crew.llm.session(of: "CA1")
            let history = try await crew.llm.control("history", session: llm)
            #expect(history.serialized().contains("4"))
            await crew.stop()
        }
    }
}
