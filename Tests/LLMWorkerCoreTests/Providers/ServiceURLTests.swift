import LLMWorkerCore
import Testing

@Suite("Service URL")
struct ServiceURLTests {
    @Test(
        "https goes anywhere, http to this machine",
        arguments: [
            ("https://api.anthropic.com", "api.anthropic.com"), ("https://api.openai.com/v1/", "api.openai.com"),
            ("HTTPS://API.Example.com:8443", "api.example.com"), ("http://localhost:80", "localhost"),
            ("http://127.0.0.1", "127.0.0.1"), ("http://127.9.9.9:1/x?y=1", "127.9.9.9"),
            ("http://[::1]:8080/v1", "::1"),
        ]
    )
    func accepted(text: String, host: String) throws {
        #expect(try ServiceURL(text).host == host)
    }

    @Test(
        "plain http to other machines is refused",
        arguments: [
            "http://example.com", "http://127.0.0.1.example.com", "http://128.0.0.1", "http://[::2]",
            "http://127.0.0.256",
            "http://localhost.example.com", "http://127.0.1", "http://0.0.0.0",
        ]
    )
    func plainText(text: String) {
        #expect(throws: ServiceURLError.plainTextToRemoteHost) { try ServiceURL(text) }
    }

    @Test(
        "what is not such a URL is refused",
        arguments: [
            "", "api.anthropic.com", "ftp://localhost", "wss://localhost", "https://", "https:///x",
            "http://localhost@evil.com",
            "https://user:pw@example.com", "http://localhost\\@evil.com", "http://local host", "http://localhost:99999",
            "http://localhost:", "http://localhost:x", "https://exämple.com", "https://example.com/#x", "http://[::1",
            "http://[]",
            "http://[::1]x", "http://127.0.0.1\n",
        ]
    )
    func malformed(text: String) {
        #expect(throws: ServiceURLError.malformed) { try ServiceURL(text) }
    }

    @Test("slashes at the end are no part of the base, except in a query")
    func trailingSlashes() throws {
        #expect(try ServiceURL("https://a.b/v1//").base == "https://a.b/v1")
        #expect(try ServiceURL("https://a.b/v1//").text == "https://a.b/v1//")
        #expect(try ServiceURL("https://a.b/v1?x=/").base == "https://a.b/v1?x=/")
    }
}
