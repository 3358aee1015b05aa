import JSONText
import Observability
import STTWorkerCore
import ScriptedProvider
import Testing
import WorkerProtocol

@Suite struct TranscriptionSessionTests {
    private func service(
        _ environment: Environment = ["DEEPGRAM_API_KEY": "key-1"]
    ) async throws -> SpeechToTextService {
        try await started(SpeechToTextService(environment: environment, release: "1.2.3"))
    }

    private func open(
        _ provider: ScriptedProvider,
        change: (inout SpeechToTextSettings) -> Void = { _ in }
    ) async throws -> SessionPeer {
        var settings = SpeechToTextSettings()
        settings.baseURL = provider.url
        change(&settings)
        return try await SessionPeer.open(
            try await service(),
            SpeechToTextCommand.open(call: "CA1", settings: settings)
        )
    }

    private func final(_ text: String, start: Double, duration: Double, speechFinal: Bool = false) -> String {
        """
        {"type":"Results","channel_index":[0,1],"start":\(start),"duration":\(duration),"is_final":true,\
        "speech_final":\(speechFinal),"channel":{"alternatives":[{"transcript":"\(text)","words":[]}]}}
        """
    }

    @Test func aCallIsTranscribedAndDrained() async throws {
        let provider = try await ScriptedProvider.start()
        let session = try await open(provider)
        #expect(try await session.next() == .control(SpeechToTextEvent.session(.opened).json))
        let connection = try await provider.nextConnection()
        #expect(
            connection.target == """
                /v1/listen?model=nova-2-phonecall&language=en&smart_format=true&encoding=mulaw&sample_rate=8000\
                &channels=1&multichannel=false&no_delay=true&interim_results=true&endpointing=300\
                &utterance_end_ms=1000&vad_events=true
                """
        )
        #expect(connection.headers.contains { $0.name == "authorization" && $0.value == "Token key-1" })
        #expect(connection.headers.contains { $0.name == "user-agent" && $0.value == "dialtone/1.2.3" })
        session.send(audio: [UInt8](repeating: 7, count: 800))
        #expect(try await connection.next() == .binary([UInt8](repeating: 7, count: 800)))
        connection.send(#"{"type":"SpeechStarted","channel":[0,1],"timestamp":0.02}"#)
        connection.send(final("Hello.", start: 0, duration: 0.1, speechFinal: true))
        #expect(try await session.nextEvent() == SpeechToTextEvent.speechStarted)
        #expect(try await session.nextEvent() == SpeechToTextEvent.final(text: "Hello."))
        #expect(try await session.nextEvent() == SpeechToTextEvent.endOfTurn(.speechFinal))
        session.send(audio: [1, 2, 3])
        session.send(SpeechToTextCommand.close)
        #expect(try await connection.next() == .binary([1, 2, 3]))
        #expect(try await connection.next() == .text(#"{"type":"CloseStream"}"#))
        connection.send(final("Bye.", start: 0.1, duration: 0))
        connection.send(#"{"type":"Metadata","request_id":"r","duration":0.1,"channels":1}"#)
        connection.close(code: 1000)
        #expect(try await session.nextEvent() == SpeechToTextEvent.final(text: "Bye."))
        #expect(try await session.nextEvent() == SpeechToTextEvent.endOfTurn(.finalize))
        #expect(try await session.nextEvent() == SpeechToTextEvent.session(.closed))
        #expect(try await session.next() == .finish)
        await provider.stop()
    }

    @Test func aRefusalIsReportedWithWhatTheProviderSaid() async throws {
        let provider = try await ScriptedProvider.start()
        provider.answer(with: [
            .refuse(
                status: 401,
                headers: [("dg-request-id", "019f"), ("dg-error", "Invalid credentials.")],
                body: #"{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"019f"}"#
            )
        ])
        let session = try await open(provider)
        #expect(try await session.nextEvent() == SpeechToTextEvent.session(.opened))
        guard case .session(.failed(let failure)) = try await session.nextEvent(SpeechToTextEvent.self) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .rejected)
        #expect(failure.isPermanent)
        #expect(failure.status == 401)
        #expect(failure.requestID == "019f")
        #expect(failure.detail.hasSuffix("Invalid credentials."))
        #expect(!failure.detail.contains("key-1"))
        #expect(try await session.next() == .finish)
        await provider.stop()
    }

    @Test func tooManyRequestsAndOutagesAreTriedAgain() async throws {
        let provider = try await ScriptedProvider.start()
        provider.answer(with: [
            .refuse(status: 429, headers: [("retry-after", "0")], body: ""),
            .refuse(status: 503, headers: [], body: "overloaded"),
        ])
        let session = try await open(provider)
        session.send(audio: [UInt8](repeating: 9, count: 800))
        let connection = try await provider.nextConnection()
        #expect(try await connection.nextAudio(800) == [UInt8](repeating: 9, count: 800))
        session.closeLink()
        #expect(try await connection.nextText() == #"{"type":"CloseStream"}"#)
        #expect(try await connection.end() == 1000)
        await provider.stop()
    }

    @Test func aLongWaitThatTheProviderAsksForIsPassedOn() async throws {
        let provider = try await ScriptedProvider.start()
        provider.answer(with: [.refuse(status: 429, headers: [("retry-after", "60")], body: "")])
        let session = try await open(provider)
        #expect(try await session.nextEvent() == SpeechToTextEvent.session(.opened))
        guard case .session(.failed(let failure)) = try await session.nextEvent(SpeechToTextEvent.self) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .overloaded)
        #expect(!failure.isPermanent)
        #expect(failure.retryAfterMilliseconds == 60_000)
        await provider.stop()
    }

    @Test(arguments: [true, false])
    func aCutCallGoesOnWithTheAudioSinceTheLastFinal(isCut: Bool) async throws {
        let provider = try await ScriptedProvider.start()
        let session = try await open(provider)
        let first = try await provider.nextConnection()
        session.send(audio: [UInt8](repeating: 0x10, count: 800))
        session.send(audio: [UInt8](repeating: 0x11, count: 800))
        _ = try await first.nextAudio(1_600)
        first.send(final("One", start: 0, duration: 0.1))
        #expect(try await session.nextEvent() == SpeechToTextEvent.session(.opened))
        #expect(try await session.nextEvent() == SpeechToTextEvent.final(text: "One"))
        if isCut { first.cut() } else { first.close(code: 1011, reason: "NET-0000") }
        let second = try await provider.nextConnection()
        #expect(try await second.nextAudio(800) == [UInt8](repeating: 0x11, count: 800))
        second.send(final("two.", start: 0, duration: 0.1, speechFinal: true))
        #expect(try await session.nextEvent() == SpeechToTextEvent.final(text: "two."))
        #expect(try await session.nextEvent() == SpeechToTextEvent.endOfTurn(.speechFinal))
        session.closeLink()
        await provider.stop()
    }

    @Test func aFinalizeIsAskedForAndItsAnswerEndsTheTurn() async throws {
        let provider = try await ScriptedProvider.start()
        let session = try await open(provider)
        let connection = try await provider.nextConnection()
        session.send(audio: [UInt8](repeating: 7, count: 80))
        session.send(SpeechToTextCommand.finalize)
        #expect(try await connection.next() == .binary([UInt8](repeating: 7, count: 80)))
        #expect(try await connection.next() == .text(#"{"type":"Finalize"}"#))
        connection.send(
            """
            {"type":"Results","is_final":true,"from_finalize":true,\
            "channel":{"alternatives":[{"transcript":"Hm"}]}}
            """
        )
        #expect(try await session.nextEvent() == SpeechToTextEvent.session(.opened))
        #expect(try await session.nextEvent() == SpeechToTextEvent.final(text: "Hm"))
        #expect(try await session.nextEvent() == SpeechToTextEvent.endOfTurn(.finalize))
        session.closeLink()
        await provider.stop()
    }

    @Test func garbageFromTheProviderDoesNoHarm() async throws {
        let provider = try await ScriptedProvider.start()
        let session = try await open(provider)
        let connection = try await provider.nextConnection()
        for text in ["", "nonsense", "[1]", #"{"type":"New"}"#, #"{"type":"Results","channel":7}"#] {
            connection.send(text)
        }
        connection.send([1, 2, 3])
        connection.send(final("Fine.", start: 0, duration: 0))
        #expect(try await session.nextEvent() == SpeechToTextEvent.session(.opened))
        #expect(try await session.nextEvent() == SpeechToTextEvent.final(text: "Fine."))
        session.closeLink()
        await provider.stop()
    }

    @Test func whatTheGatewayMustNotSayEndsTheSession() async throws {
        let provider = try await ScriptedProvider.start()
        let session = try await open(provider)
        session.send(LinkMessage.draining)
        #expect(try await session.nextEvent() == SpeechToTextEvent.session(.opened))
        guard case .session(.failed(let failure)) = try await session.nextEvent(SpeechToTextEvent.self) else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .protocolViolation)
        await provider.stop()
    }

    @Test func whatCannotWorkIsRefused() async throws {
        let provider = try await ScriptedProvider.start()
        let keyless = try await service([:])
        var settings = SpeechToTextSettings()
        settings.baseURL = provider.url
        let message = SpeechToTextCommand.open(call: "CA1", settings: settings)
        let noKey = await #expect(throws: WorkerFailure.self) { try await SessionPeer.open(keyless, message) }
        #expect(noKey?.detail.contains("DEEPGRAM_API_KEY") == true)
        let noPlain = await #expect(throws: WorkerFailure.self) {
            try await open(provider) { $0.baseURL = "ws://example.com" }
        }
        #expect(noPlain?.isPermanent == true)
        let noProvider = await #expect(throws: WorkerFailure.self) {
            try await open(provider) { $0.provider = "other" }
        }
        #expect(noProvider?.detail.contains("other") == true)
        let noTerms = await #expect(throws: WorkerFailure.self) {
            try await open(provider) { $0.keyterms = ["Oak"] }
        }
        #expect(noTerms?.detail.contains("nova-3") == true)
        await provider.stop()
    }
}
