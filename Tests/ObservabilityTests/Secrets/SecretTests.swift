import Logging
import Observability
import Testing

@Suite struct SecretTests {
    private struct Settings {
        var name = "deepgram"
        var key: Secret?
    }

    @Test func `a secret is never printed, alone or inside something else`() {
        let secret = Secret("dg-very-secret")
        var dumped = ""
        dump(Settings(key: secret), to: &dumped)
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(Settings(key: secret))",
            String(reflecting: Settings(key: secret)), "\([secret])", dumped,
            Logger.MetadataValue.stringConvertible(secret).description,
        ]
        for text in texts {
            #expect(!text.contains("very-secret"))
            #expect(text.contains("<secret>") || text == dumped)
        }
        #expect(secret.reveal() == "dg-very-secret")
    }
}
