import Testing
import WebSocketTransport

struct WebSocketURLTests {
    @Test func aURLIsTakenApart() throws {
        let url = try #require(WebSocketURL("wss://api.example.com/v1/listen?model=a&b=c%20d"))
        #expect(url.isSecure)
        #expect(url.host == "api.example.com")
        #expect(url.port == 443)
        #expect(url.target == "/v1/listen?model=a&b=c%20d")
        #expect(url.authority == "api.example.com")
    }

    @Test(arguments: [
        ("ws://localhost", "localhost", 80, "/", "localhost"), ("WS://a:81", "a", 81, "/", "a:81"),
        ("ws://a:80/", "a", 80, "/", "a"), ("wss://a:80/x", "a", 80, "/x", "a:80"), ("ws://a?b", "a", 80, "/?b", "a"),
        ("ws://[::1]:9/", "::1", 9, "/", "[::1]:9"), ("wss://[::1]", "::1", 443, "/", "[::1]"),
        ("ws://127.0.0.1:8080/a/../b?c?d", "127.0.0.1", 8080, "/a/../b?c?d", "127.0.0.1:8080"),
        ("ws://a:/x", "a", 80, "/x", "a"),
    ])
    func formsAreUnderstood(text: String, host: String, port: Int, target: String, authority: String) throws {
        let url = try #require(WebSocketURL(text))
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.authority == authority)
    }

    @Test(arguments: [
        "", "ws:", "ws:/a", "ws://", "http://a", "//a", "a", "ws://:80", "ws://a:0", "ws://a:65536", "ws://a:x",
        "ws://a:+1", "ws://a:1:2", "ws://u@a", "ws://u:p@a/", "ws://a/#f", "ws://a/ b", "ws://a/\r\nX: y", "ws://[::1",
        "ws://[a]", "ws://[::1]x", "ws://ä/", "ws://a\\b/", "ws://a%41/",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(WebSocketURL(text) == nil)
    }

    @Test func whatIsShownOfAURLHoldsNoSecrets() {
        #expect(WebSocketURL.withoutSecrets("ws://user:pass@a/b?token=x#y") == "…@a/b")
        #expect(WebSocketURL.withoutSecrets("http://a/b") == "http://a/b")
    }
}
