import Testing

@testable import GatewayCore

@Suite struct PublicURLTests {
    @Test func `URLs are made of the origin and the raw target`() throws {
        let url = try #require(PublicURL("https://voice.example.com/"))
        #expect(url.origin == "https://voice.example.com")
        #expect(url.authority == "voice.example.com")
        #expect(url.url(target: "/twilio/voice?a=%20b") == "https://voice.example.com/twilio/voice?a=%20b")
        #expect(url.webSocketURL(target: "/twilio/media") == "wss://voice.example.com/twilio/media")
    }

    @Test func `A port stays and plain HTTP gives a plain WebSocket`() throws {
        let url = try #require(PublicURL("http://127.0.0.1:8080"))
        #expect(url.authority == "127.0.0.1:8080")
        #expect(url.webSocketURL(target: "/twilio/media") == "ws://127.0.0.1:8080/twilio/media")
    }

    @Test func `A path in front stays in front`() throws {
        let url = try #require(PublicURL("https://example.com/phone/"))
        #expect(url.authority == "example.com")
        #expect(url.url(target: "/twilio/voice") == "https://example.com/phone/twilio/voice")
    }

    @Test(arguments: [
        "", "voice.example.com", "ftp://x", "https://", "https:///", "https://a?b", "https://u@a",
        "https://a b", "https://a#e",
    ])
    func `What is not an origin is refused`(text: String) {
        #expect(PublicURL(text) == nil)
    }
}
