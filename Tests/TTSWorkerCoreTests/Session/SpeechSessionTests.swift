import Observability
import ScriptedProvider
import TTSWorkerCore
import Testing
import WorkerProtocol

@Suite struct SpeechSessionTests {
    private func service(
        _ environment: Environment = ["DEEPGRAM_API_KEY": "key-1"]
    ) async throws -> TextToSpeechService {
        try await started(TextToSpeechService(environment: environment, release: "1.2.3"))
    }

    private func open(
        _ provider: ScriptedProvider,
        change: (inout TextToSpeechSettings) -> Void = { _ in }
    ) async throws -> SessionPeer {
        var settings = TextToSpeechSettings()
        settings.baseURL = provider.url
        change(&settings)
        return try await SessionPeer.open(
            try await service(),
            TextToSpeechCommand.open(call: "CA1", settings: settings)
        )
    }

    /// Opens a session and its connection.
    private func connected() async throws -> (ScriptedProvider, SessionPeer, ProviderConnection) {
        let provider = try await ScriptedProvider.start()
        let session = try await open(provider)
        #expect(try await session.nextEvent() == TextToSpeechEvent.session(.opened))
        let connection = try await provider.nextConnection()
        connection.send(#"{"type":"Metadata","request_id":"r","model_name":"aura-2-thalia-en"}"#)
        return (provider, session, connection)
    }

    private func say(_ generation: UInt32, _ text: String, to session: SessionPeer) {
        session.send(TextToSpeechCommand.begin(generation: generation))
        session.send(text: text)
        session.send(TextToSpeechCommand.end(generation: generation))
    }

    @Test func aReplyIsSpokenAndItsAudioPassedOnAsItComes() async throws {
        let (provider, session, connection) = try await connected()
        #expect(
            connection.target == "/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000&container=none"
        )
        #expect(connection.headers.contains { $0.name == "authorization" && $0.value == "Token key-1" })
        #expect(connection.headers.contains { $0.name == "user-agent" && $0.value == "dialtone/1.2.3" })
        session.send(TextToSpeechCommand.begin(generation: 7))
        for delta in ["**Of", " course**,", " sir. ", "Bye", "! 😀"] { session.send(text: delta) }
        session.send(TextToSpeechCommand.end(generation: 7))
        var spoken = ""
        var text = try await connection.nextText()
        while text != #"{"type":"Flush"}"# {
            spoken += text
            text = try await connection.nextText()
        }
        #expect(spoken.contains(#"{"type":"Speak","text":"Of course, sir. "}"#))
        #expect(spoken.contains(#""Bye!"#))
        connection.send([UInt8](repeating: 1, count: 333))
        connection.send([UInt8](repeating: 2, count: 70_000))
        connection.send(#"{"type":"Flushed","sequence_id":0}"#)
        #expect(try await session.next() == .control(TextToSpeechEvent.begin(generation: 7).json))
        #expect(try await session.next() == .audio([UInt8](repeating: 1, count: 333)))
        #expect(try await session.next() == .audio([UInt8](repeating: 2, count: 70_000)))
        guard case .segment(7, let segment) = try await session.nextEvent(TextToSpeechEvent.self) else {
            Issue.record("no segment")
            return
        }
        #expect(segment.hasPrefix("Of course, sir. Bye!"))
        #expect(try await session.nextEvent() == TextToSpeechEvent.end(generation: 7, cancelled: false))
        session.send(TextToSpeechCommand.close)
        #expect(try await connection.nextText() == #"{"type":"Close"}"#)
        connection.close(code: 1000)
        #expect(try await session.nextEvent() == TextToSpeechEvent.session(.closed))
        #expect(try await session.next() == .finish)
        await provider.stop()
    }

    @Test func nothingOfACancelledReplyIsHeardAfterTheCancel() async throws {
        let (provider, session, connection) = try await connected()
        say(1, "One.", to: session)
        #expect(try await connection.nextText() == #"{"type":"Speak","text":"One."}"#)
        #expect(try await connection.nextText() == #"{"type":"Flush"}"#)
        connection.send([1, 1, 1])
        #expect(try await session.nextEvent() == TextToSpeechEvent.begin(generation: 1))
        #expect(try await session.next() == .audio([1, 1, 1]))
        session.send(TextToSpeechCommand.cancel(generation: 1))
        say(2, "Two.", to: session)
        #expect(try await connection.nextText() == #"{"type":"Clear"}"#)
        #expect(try await session.nextEvent() == TextToSpeechEvent.end(generation: 1, cancelled: true))
        // What was under way still comes, a late acknowledgement as well.
        connection.send([1, 1])
        connection.send(#"{"type":"Flushed","sequence_id":0}"#)
        connection.send([1])
        connection.send(#"{"type":"Cleared","sequence_id":0}"#)
        #expect(try await connection.nextText() == #"{"type":"Speak","text":"Two."}"#)
        #expect(try await connection.nextText() == #"{"type":"Flush"}"#)
        connection.send([2, 2])
        connection.send(#"{"type":"Flushed","sequence_id":1}"#)
        #expect(try await session.next() == .control(TextToSpeechEvent.begin(generation: 2).json))
        #expect(try await session.next() == .audio([2, 2]))
        #expect(try await session.nextEvent() == TextToSpeechEvent.segment(generation: 2, text: "Two."))
        #expect(try await session.nextEvent() == TextToSpeechEvent.end(generation: 2, cancelled: false))
        session.closeLink()
        #expect(try await connection.nextText() == #"{"type":"Close"}"#)
        #expect(try await connection.end() == 1000)
        await provider.stop()
    }

    @Test func aReplyCutInTheMiddleFailsAndTheNextIsSpoken() async throws {
        let (provider, session, first) = try await connected()
        say(1, "One.", to: session)
        _ = try await first.nextText()
        first.send([1])
        #expect(try await session.nextEvent() == TextToSpeechEvent.begin(generation: 1))
        #expect(try await session.next() == .audio([1]))
        first.close(code: 1011, reason: "NET-0002")
        guard case .failed(1, let failure) = try await session.nextEvent(TextToSpeechEvent.self) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .unavailable)
        #expect(failure.status == 1011)
        #expect(failure.requestID == "request-1")
        say(2, "Two.", to: session)
        let second = try await provider.nextConnection()
        #expect(try await second.nextText() == #"{"type":"Speak","text":"Two."}"#)
        session.closeLink()
        await provider.stop()
    }

    @Test func aReplyCutBeforeItsAudioIsSentAgain() async throws {
        let (provider, session, first) = try await connected()
        say(1, "One.", to: session)
        #expect(try await first.nextText() == #"{"type":"Speak","text":"One."}"#)
        first.cut()
        let second = try await provider.nextConnection()
        #expect(try await second.nextText() == #"{"type":"Speak","text":"One."}"#)
        #expect(try await second.nextText() == #"{"type":"Flush"}"#)
        second.send([1])
        second.send(#"{"type":"Flushed"}"#)
        #expect(try await session.nextEvent() == TextToSpeechEvent.begin(generation: 1))
        #expect(try await session.next() == .audio([1]))
        #expect(try await session.nextEvent() == TextToSpeechEvent.segment(generation: 1, text: "One."))
        #expect(try await session.nextEvent() == TextToSpeechEvent.end(generation: 1, cancelled: false))
        session.closeLink()
        await provider.stop()
    }

    @Test(arguments: [(401, WorkerFailure.Kind.rejected), (402, .rejected), (403, .rejected), (400, .rejected)])
    func aRefusalForGoodIsReported(status: Int, kind: WorkerFailure.Kind) async throws {
        let provider = try await ScriptedProvider.start()
        provider.answer(with: [
            .refuse(status: status, headers: [("dg-request-id", "019f"), ("dg-error", "no")], body: "")
        ])
        let session = try await open(provider)
        #expect(try await session.nextEvent() == TextToSpeechEvent.session(.opened))
        guard case .session(.failed(let failure)) = try await session.nextEvent(TextToSpeechEvent.self) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == kind)
        #expect(failure.isPermanent)
        #expect(failure.status == status)
        #expect(failure.requestID == "019f")
        #expect(try await session.next() == .finish)
        await provider.stop()
    }

    @Test func overloadIsTriedAgainAndTheTextWaits() async throws {
        let provider = try await ScriptedProvider.start()
        provider.answer(with: [
            .refuse(status: 429, headers: [], body: ""), .refuse(status: 503, headers: [], body: "busy"),
        ])
        let session = try await open(provider)
        say(1, "One.", to: session)
        let connection = try await provider.nextConnection()
        #expect(try await connection.nextText() == #"{"type":"Speak","text":"One."}"#)
        session.closeLink()
        await provider.stop()
    }

    @Test func garbageFromTheProviderDoesNoHarm() async throws {
        let (provider, session, connection) = try await connected()
        for text in ["", "nonsense", "[1]", #"{"type":"New"}"#, #"{"type":7}"#, #"{"type":"Error","code":{}}"#] {
            connection.send(text)
        }
        say(1, "One.", to: session)
        _ = try await connection.nextText()
        connection.send([1])
        #expect(try await session.nextEvent() == TextToSpeechEvent.begin(generation: 1))
        #expect(try await session.next() == .audio([1]))
        session.closeLink()
        await provider.stop()
    }

    @Test func whatCannotWorkIsRefused() async throws {
        let provider = try await ScriptedProvider.start()
        let noVoice = await #expect(throws: WorkerFailure.self) { try await open(provider) { $0.model = "" } }
        #expect(noVoice?.isPermanent == true)
        let noProvider = await #expect(throws: WorkerFailure.self) {
            try await open(provider) { $0.provider = "other" }
        }
        #expect(noProvider?.detail.contains("other") == true)
        let keyless = try await service([:])
        let noKey = await #expect(throws: WorkerFailure.self) {
            try await SessionPeer.open(keyless, TextToSpeechCommand.open(call: "CA1", settings: .init()))
        }
        #expect(noKey?.detail.contains("DEEPGRAM_API_KEY") == true)
        await provider.stop()
    }
}
