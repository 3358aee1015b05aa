import DeepgramConnection
import Observability
import STTWorkerCore
import Testing
import WorkerProtocol

@Suite struct ListenQueryTests {
    private func url(_ change: (inout SpeechToTextSettings) -> Void = { _ in }) throws -> String {
        var settings = SpeechToTextSettings()
        change(&settings)
        let address = try DeepgramAddress(variable: "X", configured: nil, environment: [:])
        return try ListenQuery(settings).url(at: address)
    }

    @Test func theDefaultsAreThoseOfATelephoneCall() throws {
        #expect(
            try url() == """
                wss://api.deepgram.com/v1/listen?model=nova-2-phonecall&language=en&smart_format=true&encoding=mulaw\
                &sample_rate=8000&channels=1&multichannel=false&no_delay=true&interim_results=true&endpointing=300\
                &utterance_end_ms=1000&vad_events=true
                """
        )
    }

    @Test func settingsChangeTheQuery() throws {
        let url = try url {
            $0.model = "nova-3"
            $0.language = "de"
            $0.smartFormat = false
            $0.endpointingMilliseconds = 25
            $0.utteranceEndMilliseconds = 1500
            $0.keyterms = ["Oak Dental", "Zoë"]
        }
        #expect(url.contains("?model=nova-3&language=de&smart_format=false&"))
        #expect(url.contains("&endpointing=25&utterance_end_ms=1500&"))
        #expect(url.hasSuffix("&keyterm=Oak%20Dental&keyterm=Zo%C3%AB"))
    }

    @Test func keytermsOnOtherModelsAreRefusedForGood() {
        let failure = #expect(throws: WorkerFailure.self) { try url { $0.keyterms = ["Oak"] } }
        #expect(failure?.kind == .rejected)
        #expect(failure?.isPermanent == true)
        #expect(failure?.detail.contains("nova-3") == true)
    }

    @Test func limitsAreChecked() throws {
        _ = try url { $0.utteranceEndMilliseconds = 5000 }
        #expect(throws: WorkerFailure.self) { try url { $0.utteranceEndMilliseconds = 5001 } }
        #expect(throws: WorkerFailure.self) { try url { $0.utteranceEndMilliseconds = 999 } }
        #expect(throws: WorkerFailure.self) { try url { $0.endpointingMilliseconds = 0 } }
        let terms = (0...ListenQuery.maximumKeyterms).map { "term \($0)" }
        #expect(throws: WorkerFailure.self) {
            try url {
                $0.model = "nova-3"
                $0.keyterms = terms
            }
        }
        _ = try url {
            $0.model = "nova-3-medical"
            $0.keyterms = Array(terms.dropLast())
        }
    }
}
