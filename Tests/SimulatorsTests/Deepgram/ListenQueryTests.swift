import Simulators
import Testing

@Suite struct ListenQueryTests {
    private static let raw = "encoding=mulaw&sample_rate=8000"

    @Test func `the query recommended for telephone calls is taken`() throws {
        let query = try ListenQuery.parse(
            "model=nova-3&language=en&encoding=mulaw&sample_rate=8000&channels=1&interim_results=true&endpointing=300"
                + "&utterance_end_ms=1000&vad_events=true&smart_format=true&no_delay=true&keyterm=Oak%20Dental&keyterm=crown"
        )
        #expect(query.model == "nova-3")
        #expect(query.endpointing == 300)
        #expect(query.utteranceEnd == 1000)
        #expect(query.interimResults && query.vadEvents && query.punctuates)
        #expect(!query.holdsNumbers)
        #expect(query.keyterms == ["Oak Dental", "crown"])
    }

    @Test func `without a word of it endpointing is 10 ms and a false switches it off`() throws {
        #expect(try ListenQuery.parse(Self.raw).endpointing == 10)
        #expect(try ListenQuery.parse(Self.raw + "&endpointing=false").endpointing == nil)
    }

    @Test(arguments: [
        "model=nova-2-phonecall", "model=nova-2-phonecall&language=en-GB", "model=nova-3-medical",
        "model=nova-3&language=multi&language_hint=es", "model=base", "model=enhanced-phonecall",
        "model=0f3c6c2e-8f4e-4a59-9d4b-0a4f1f0a8d11", "tag=a&tag=b", "redact=pci&redact=ssn", "diarize_model=v1",
        "model=nova-2&keywords=oak:2",
    ])
    func `what the service takes is taken`(query: String) throws {
        _ = try ListenQuery.parse(Self.raw + "&" + query)
    }

    @Test(arguments: [
        "interim_results=True", "interim_results=1", "vad_events=yes", "endpointing=soon", "endpointing=true",
        "sample_rate=8k", "utterance_end_ms=900&interim_results=true", "utterance_end_ms=5001&interim_results=true",
        "encoding=ulaw", "diarize_model=v2", "redact=names", "eot_threshold=0.7", "model=nova-3&model=nova-2",
        "smart_format=true&smart_format=true",
    ])
    func `a query that is not written as it must be is refused`(query: String) {
        let base = query.contains("encoding=") || query.contains("sample_rate=") ? "" : Self.raw + "&"
        let refusal = #expect(throws: DeepgramRejection.self) { try ListenQuery.parse(base + query) }
        #expect(refusal?.status == 400)
        #expect(refusal?.code == "INVALID_QUERY_PARAMETER")
        #expect(refusal?.message.hasPrefix("Failed to deserialize query parameters: ") == true)
    }

    @Test(arguments: [
        "model=nova-4", "model=nova-3-phonecall", "model=nova-2-karaoke", "language=english",
        "model=nova-2-phonecall&language=de", "model=nova-3&keywords=oak:2", "model=nova-2&keyterm=oak",
        "utterance_end_ms=1000", "language_hint=es", "multichannel=true", "channels=2", "callback=https://a.example",
    ])
    func `a query for something that does not exist is refused`(query: String) {
        let refusal = #expect(throws: DeepgramRejection.self) { try ListenQuery.parse(Self.raw + "&" + query) }
        #expect(refusal?.status == 400)
        #expect(refusal?.code == "Bad Request")
    }

    @Test func `raw audio needs its rate`() {
        #expect(throws: DeepgramRejection.self) { try ListenQuery.parse("encoding=mulaw") }
        #expect(throws: DeepgramRejection.self) { try ListenQuery.parse(nil) }
    }

    @Test func `whisper is not for live streams`() {
        let refusal = #expect(throws: DeepgramRejection.self) {
            try ListenQuery.parse(Self.raw + "&model=whisper-large")
        }
        #expect(refusal?.status == 405)
    }

    @Test(arguments: [(500, true), (501, false)])
    func `key terms are limited in tokens`(tokens: Int, isTaken: Bool) {
        let terms = (0..<tokens).map { _ in "keyterm=oak" }.joined(separator: "&")
        let query = try? ListenQuery.parse(Self.raw + "&model=nova-3&" + terms)
        #expect((query != nil) == isTaken)
    }

    @Test(arguments: [(128, true), (129, false)])
    func `a tag is limited in characters`(count: Int, isTaken: Bool) {
        let query = try? ListenQuery.parse(Self.raw + "&tag=" + String(repeating: "t", count: count))
        #expect((query != nil) == isTaken)
    }
}
