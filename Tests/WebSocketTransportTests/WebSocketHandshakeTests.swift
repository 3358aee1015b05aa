import SeededTesting
import Testing
import WebSocketTransport

struct WebSocketHandshakeTests {
    @Test func theExampleOfTheSpecificationIsAnswered() {
        // RFC 6455 §1.3
        #expect(WebSocketHandshake.accept(forKey: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func keysAre16RandomBytes() {
        var generator: any RandomNumberGenerator = SeededGenerator(seed: 1)
        let first = WebSocketHandshake.key(from: &generator)
        let second = WebSocketHandshake.key(from: &generator)
        #expect(WebSocketHandshake.isValidKey(first))
        #expect(WebSocketHandshake.isValidKey(second))
        #expect(first != second)
    }

    @Test(arguments: ["", "abc", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZ?=="])
    func otherValuesAreNoKeys(key: String) {
        #expect(!WebSocketHandshake.isValidKey(key))
    }
}
