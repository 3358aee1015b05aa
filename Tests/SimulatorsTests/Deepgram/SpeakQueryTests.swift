import Simulators
import Testing

@Suite struct SpeakQueryTests {
    @Test func `the query for telephone calls is taken`() throws {
        let query = try SpeakQuery.parse("model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000&container=none")
        #expect(query.model == "aura-2-thalia-en")
        #expect(query.encoding == "mulaw")
        #expect(query.sampleRate == 8000)
    }

    @Test func `what is left out has the service's defaults`() throws {
        let none = try SpeakQuery.parse(nil)
        #expect(none.model == "aura-asteria-en" && none.encoding == "linear16" && none.sampleRate == 24_000)
        #expect(try SpeakQuery.parse("encoding=mulaw").sampleRate == 8000)
    }

    @Test(arguments: [
        "model=nova-3", "model=aura-2-thalia", "model=flux-kit-en", "encoding=mp3", "encoding=mulaw&sample_rate=24000",
        "encoding=linear16&sample_rate=44100", "container=wav", "container=nonne", "speed=2", "speed=fast",
        "bit_rate=32000", "mip_opt_out=True",
    ])
    func `what the service refuses is refused`(query: String) {
        let refusal = #expect(throws: DeepgramRejection.self) { try SpeakQuery.parse(query) }
        #expect(refusal?.status == 400)
    }
}
