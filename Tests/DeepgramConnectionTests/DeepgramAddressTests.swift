import DeepgramConnection
import Observability
import Testing
import WorkerProtocol

@Suite struct DeepgramAddressTests {
    private func base(_ configured: String?, _ environment: Environment = [:]) throws -> String {
        try DeepgramAddress(variable: "DEEPGRAM_STT_BASE_URL", configured: configured, environment: environment).base
    }

    @Test func theDefaultIsDeepgramsOwnHost() throws {
        #expect(try base(nil) == "wss://api.deepgram.com")
        #expect(try base("") == "wss://api.deepgram.com")
    }

    @Test func theServicesVariableGoesBeforeTheCommonOneAndThatBeforeTheSettings() throws {
        let both: Environment = ["DEEPGRAM_STT_BASE_URL": "wss://a", "DEEPGRAM_BASE_URL": "wss://b"]
        #expect(try base("wss://c", both) == "wss://a")
        #expect(try base("wss://c", ["DEEPGRAM_BASE_URL": "wss://b"]) == "wss://b")
        #expect(try base("wss://c", ["DEEPGRAM_TTS_BASE_URL": "wss://t"]) == "wss://c")
    }

    @Test(arguments: [
        ("https://api.eu.deepgram.com/", "wss://api.eu.deepgram.com"),
        ("HTTPS://example.com:8443/deepgram/", "wss://example.com:8443/deepgram"),
        ("http://127.0.0.1:9000", "ws://127.0.0.1:9000"),
        ("ws://localhost:9000//", "ws://localhost:9000"),
        ("ws://127.1.2.3", "ws://127.1.2.3"),
        ("ws://[::1]:9000", "ws://[::1]:9000"),
        ("wss://api.deepgram.com/v1", "wss://api.deepgram.com"),
        ("ws://127.0.0.1:9000/v1/listen", "ws://127.0.0.1:9000"),
        ("ws://127.0.0.1:9000/v1/speak", "ws://127.0.0.1:9000"),
    ])
    func usableURLsAreNormalized(given: String, expected: String) throws {
        #expect(try base(given) == expected)
    }

    @Test(arguments: [
        "api.deepgram.com", "ftp://api.deepgram.com", "wss://", "wss:///path", "ws://api.deepgram.com",
        "http://10.0.0.1", "ws://127.0.0.1.example.com", "ws://localhost.example.com", "wss://user@host",
        "wss://host/?model=x", "wss://host#x", "wss://a b", "ws://127.0.0.999",
    ])
    func unusableURLsAreRefusedForGood(given: String) throws {
        let failure = #expect(throws: WorkerFailure.self) { try base(given) }
        #expect(failure?.isPermanent == true)
        #expect(failure?.kind == .rejected)
    }

    @Test func theFaultNamesWhereTheURLCameFrom() {
        let failure = #expect(throws: WorkerFailure.self) {
            try base(nil, ["DEEPGRAM_BASE_URL": "ws://example.com"])
        }
        #expect(failure?.detail.contains("DEEPGRAM_BASE_URL") == true)
    }

    @Test func theQueryIsPercentEncoded() throws {
        let address = try DeepgramAddress(variable: "X", configured: nil, environment: [:])
        let url = address.url(path: "/v1/listen", query: [("keyterm", "Oak & Söhne 50%"), ("model", "nova-3_a.b~")])
        #expect(
            url == "wss://api.deepgram.com/v1/listen?keyterm=Oak%20%26%20S%C3%B6hne%2050%25&model=nova-3_a.b~"
        )
        #expect(address.url(path: "/v1/speak", query: []) == "wss://api.deepgram.com/v1/speak")
    }
}
