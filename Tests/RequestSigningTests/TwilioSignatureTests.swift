import RequestSigning
import Testing

@Suite("Twilio signature")
struct TwilioSignatureTests {
    private static let token = "12345"
    private static let url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    private static let form = [
        ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234"), ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]
    private static let firstSignature = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    private static let body = Array(#"{"property": "value", "boolean": true}"#.utf8)
    private static let bodyHash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"

    private func isValid(
        _ signature: String,
        _ url: String,
        _ form: [(String, String)] = [],
        body: [UInt8]? = nil,
        token: String = Self.token
    ) -> Bool {
        TwilioSignature.isValid(signature, url: url, form: form, body: body, tokens: [token])
    }

    @Test("V1: a form post is signed over its URL and sorted fields")
    func formPost() {
        #expect(
            TwilioSignature.sign(url: Self.url, form: Self.form.reversed(), token: Self.token) == Self.firstSignature
        )
        #expect(isValid(Self.firstSignature, Self.url, Self.form))
    }

    @Test("V2: a signature made with the default https port is accepted for the URL without")
    func defaultPortAdded() {
        #expect(isValid("kvajT1Ptam85bY51eRf/AJRuM3w=", Self.url, Self.form))
    }

    @Test("V3: a signature made without the port is accepted for the URL with one")
    func portRemoved() {
        #expect(isValid(Self.firstSignature, "https://mycompany.com:1234/myapp.php?foo=1&bar=2", Self.form))
    }

    @Test("V4: a signature made with the default http port is accepted for the URL without")
    func defaultHTTPPortAdded() {
        #expect(isValid("0ZXoZLH/DfblKGATFgpif+LLRf4=", "http://mycompany.com/myapp.php?foo=1&bar=2", Self.form))
    }

    @Test("V5: another http port is signed as it is")
    func otherPort() {
        let url = "http://mycompany.com:1234/myapp.php?foo=1&bar=2"
        #expect(isValid("Zmvh+3yNM1Phv2jhDCwEM3q5ebU=", url, Self.form))
    }

    @Test("V6: the values of a repeated name count once each, sorted")
    func repeatedName() {
        let form = [
            ("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234"),
        ]
        #expect(isValid("IK+Dwps556ElfBT0I3Rgjkr1wJU=", Self.url, form))
    }

    @Test("V7 and V8: a JSON body is covered by its hash in the query")
    func bodyHash() {
        let long = Self.url + "&bodySHA256=" + Self.bodyHash
        let short = "https://mycompany.com/myapp.php?bodySHA256=" + Self.bodyHash
        #expect(isValid("a9nBmqA0ju/hNViExpshrM61xv4=", long, body: Self.body))
        #expect(isValid("y77kIzt2vzLz71DgmJGsen2scGs=", short, body: Self.body))
        #expect(!isValid("y77kIzt2vzLz71DgmJGsen2scGs=", short, body: Self.body + [0x20]))
        #expect(!isValid("y77kIzt2vzLz71DgmJGsen2scGs=", short, body: []))
    }

    @Test("V9: a GET request is signed over its URL alone")
    func getRequest() {
        #expect(isValid("zYQTYrRWXE7LtzbG4PfP7/bkkGo=", Self.url))
    }

    @Test("a body that no hash covers is refused")
    func uncoveredBody() {
        #expect(isValid("zYQTYrRWXE7LtzbG4PfP7/bkkGo=", Self.url, body: []))
        #expect(!isValid("zYQTYrRWXE7LtzbG4PfP7/bkkGo=", Self.url, body: Self.body))
    }

    @Test("V10: the query stays encoded")
    func encodedQuery() {
        let url = "https://mycompany.com/myapp.php?foo=hello%20world&bar=test%2Bvalue"
        #expect(isValid("er2tvAP1Wx+iuTTE2BPgvEaN1cs=", url, Self.form))
    }

    @Test("V11: names are sorted, not names joined with values")
    func nameOrder() {
        let form = Self.form + [("ReasonConferenceEnded", "test"), ("Reason", "Participant")]
        #expect(isValid("vOEb5UThFn24KEfnOFLQY2AE5FY=", Self.url, form))
        #expect(!isValid("95+Bu0JVPi0r/SsESZCVf0dWAjw=", Self.url, form))
    }

    @Test("V12: credentials in the URL stay, with and without the port")
    func credentials() {
        let url = "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2"
        #expect(isValid("CukzLTc1tT5dXEDIHm/tKBanW10=", url, Self.form))
        #expect(isValid("ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=", url, Self.form))
    }

    @Test("V13: the host's case matters")
    func hostCase() {
        #expect(isValid("g9IN/x4Cft2g517EjYvEvM/W7LU=", "https://MyCompany.com/myapp.php?foo=1&bar=2", Self.form))
        #expect(!isValid("g9IN/x4Cft2g517EjYvEvM/W7LU=", Self.url, Self.form))
    }

    @Test("V14: an empty value leaves the name alone")
    func emptyValues() {
        let form = [("Digits", ""), ("CallSid", "CA1234567890ABCDE"), ("EmptyParam", "")]
        #expect(isValid("9HHp/OqQMEwdrVebHDdA/+tqjX8=", Self.url, form))
    }

    @Test("V15: names are ordered by their bytes")
    func byteOrder() {
        let form = [("callSid", "lowercase"), ("CallSid", "uppercase"), ("CALLSID", "allcaps")]
        #expect(isValid("jDK7WKT8wiNrwggd4ceTv4e1MJ4=", Self.url, form))
    }

    @Test("V16: punctuation, spaces and accents are signed decoded")
    func specialCharacters() {
        let form = [
            ("Message", "Hello & goodbye! @#$%^*()"), ("From", "+1 (415) 867-5309"), ("Special", "unicode: ñáéíóú"),
        ]
        #expect(isValid("dCPiR4WtQ6QFN6pJh81CtlCcWLQ=", Self.url, form))
        let body = Array(FormURLEncoding.encode(form).utf8)
        #expect(isValid("dCPiR4WtQ6QFN6pJh81CtlCcWLQ=", Self.url, FormURLEncoding.decode(body)))
    }

    @Test("V17: a body hash signed with the port is accepted")
    func bodyHashWithPort() {
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        let url = Self.url + "&bodySHA256=" + hash
        #expect(isValid("Ldidvp12m26NI7eqEvxnEpkd9Hc=", url, body: Array("{}".utf8)))
    }

    @Test("V18: a form body is read and signed")
    func formBody() {
        let body = Array("property=value&boolean=true".utf8)
        #expect(isValid("NBdBDr/T/lgjI+tlgpXjKZQZs/k=", Self.url, FormURLEncoding.decode(body)))
        #expect(isValid("NBdBDr/T/lgjI+tlgpXjKZQZs/k=", Self.url, FormURLEncoding.decode(body), body: body))
    }

    @Test("W1 to W3: a captured upgrade is signed over the wss URL with a slash for an empty path")
    func capturedUpgrade() {
        let token = "c0e4d9d4fff66d194f3101ccd7c3a38c"
        let signature = "CSS4F/5/iw8S6Zkm3aULeNJaVC8="
        #expect(isValid(signature, "wss://70cd1a93aa44.ngrok-free.app/", token: token))
        #expect(!isValid(signature, "wss://70cd1a93aa44.ngrok-free.app", token: token))
        #expect(!isValid(signature, "https://70cd1a93aa44.ngrok-free.app/", token: token))
    }

    @Test(
        "URLs of our own are signed as computed",
        arguments: [
            ("wss://example.com/twilio/media", "Ko8aymfVk0cCegaxVKH0ZCvSyf4="),
            ("wss://example.com/twilio/media/", "2FSgdRajF1AcedC3OxeCdxXJk50="),
            ("https://example.com/twilio/media", "NdyWwOAnZvB7daRjuJMnoAC/cO8="),
            ("wss://example.com:443/twilio/media", "JPl6eMv6/FLIiyGOYMMOKCyoU3s="),
            ("wss://example.com/", "hoaxtdkWNBxVYCmDLq7UdjDdXIg="),
        ]
    )
    func ownURLs(url: String, signature: String) {
        #expect(TwilioSignature.sign(url: url, form: [], token: Self.token) == signature)
    }

    @Test("wss has the default port of https")
    func webSocketPort() {
        #expect(isValid("JPl6eMv6/FLIiyGOYMMOKCyoU3s=", "wss://example.com/twilio/media"))
        #expect(!isValid("3yLHZTUz+AKyV1DsNJ0y6CQoLdY=", "wss://example.com/twilio/media"))
    }

    @Test("any of several tokens will do, and an empty one never")
    func rotation() {
        let tokens = ["", "old", Self.token]
        #expect(TwilioSignature.isValid(Self.firstSignature, url: Self.url, form: Self.form, tokens: tokens))
        #expect(!TwilioSignature.isValid(Self.firstSignature, url: Self.url, form: Self.form, tokens: ["old"]))
        let unkeyed = TwilioSignature.sign(url: Self.url, form: [], token: "")
        #expect(!TwilioSignature.isValid(unkeyed, url: Self.url, form: [], tokens: [""]))
        #expect(!TwilioSignature.isValid(Self.firstSignature, url: Self.url, form: Self.form, tokens: []))
    }

    @Test("a changed field, URL or signature is refused")
    func tampering() {
        #expect(!isValid(Self.firstSignature, Self.url, Self.form + [("X", "")]))
        #expect(!isValid(Self.firstSignature, Self.url + "3", Self.form))
        #expect(!isValid("", Self.url, Self.form))
        #expect(!isValid(Self.firstSignature + "=", Self.url, Self.form))
    }

    @Test(
        "odd URLs are verified as they are",
        arguments: ["", "nonsense", "://", "wss://", "wss://[::1]/a", "ws://[::1]:9/a"]
    )
    func oddURLs(url: String) {
        #expect(isValid(TwilioSignature.sign(url: url, form: [], token: Self.token), url))
    }

    @Test("the port of an IPv6 address is told from its colons")
    func addressPort() {
        let signature = TwilioSignature.sign(url: "wss://[::1]:443/a", form: [], token: Self.token)
        #expect(isValid(signature, "wss://[::1]/a"))
    }
}
