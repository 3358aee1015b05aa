import HTTPServing
import NIOCore
import NIOHTTP1
import Observability
import RequestSigning
import Testing

@testable import GatewayCore

@Suite struct TwilioRequestTests {
    private static let form: [(String, String)] = [("CallSid", "CA1"), ("From", "+441632960001"), ("Empty", "")]

    private func settings() throws -> GatewaySettings {
        let url = try #require(PublicURL("https://voice.example.com"))
        var settings = GatewaySettings(publicURL: url, agents: [:], defaultAgent: "a")
        settings.authTokens = [Secret("old"), Secret("new")]
        return settings
    }

    private func request(
        _ method: String = "POST",
        target: String = "/twilio/voice",
        form: [(String, String)] = form,
        signature: String?,
        contentType: String = "application/x-www-form-urlencoded; charset=UTF-8"
    ) -> HTTPRequest {
        var headers = HTTPHeaders([("Host", "evil.example"), ("Content-Type", contentType)])
        if let signature { headers.add(name: "x-twilio-signature", value: signature) }
        let body = method == "POST" ? ByteBuffer(string: FormURLEncoding.encode(form)) : ByteBuffer()
        return HTTPRequest(method: method, target: target, headers: headers, body: body)
    }

    private func word(_ verdict: TwilioRequestVerifier.Verdict) -> String {
        switch verdict {
        case .genuine: "genuine"
        case .unsigned: "unsigned"
        case .forged: "forged"
        }
    }

    @Test(arguments: ["old", "new"])
    func `A form signed with any of the tokens is genuine`(token: String) throws {
        let signature = TwilioSignature.sign(
            url: "https://voice.example.com/twilio/voice?x=%20y",
            form: Self.form,
            token: token
        )
        let verdict = TwilioRequestVerifier(settings: try settings())
            .verify(request(target: "/twilio/voice?x=%20y", signature: signature))
        guard case .genuine(let genuine) = verdict else {
            Issue.record("refused")
            return
        }
        #expect(genuine["From"] == "+441632960001")
        #expect(genuine["Empty"]?.isEmpty == true)
        #expect(genuine["x"] == " y")
        #expect(genuine["To"] == nil)
    }

    @Test func `A query signed as a whole is genuine`() throws {
        let target = "/twilio/voice?CallSid=CA1"
        let signature = TwilioSignature.sign(url: "https://voice.example.com" + target, form: [], token: "new")
        let verifier = TwilioRequestVerifier(settings: try settings())
        #expect(word(verifier.verify(request("GET", target: target, signature: signature))) == "genuine")
        #expect(word(verifier.verify(request("GET", target: target + "&a=b", signature: signature))) == "forged")
    }

    @Test func `Host plays no part`() throws {
        let verifier = TwilioRequestVerifier(settings: try settings())
        let signature = TwilioSignature.sign(url: "https://evil.example/twilio/voice", form: Self.form, token: "new")
        #expect(word(verifier.verify(request(signature: signature))) == "forged")
    }

    @Test func `Missing and wrong signatures are told apart`() throws {
        let verifier = TwilioRequestVerifier(settings: try settings())
        #expect(word(verifier.verify(request(signature: nil))) == "unsigned")
        #expect(word(verifier.verify(request(signature: ""))) == "forged")
        let other = TwilioSignature.sign(
            url: "https://voice.example.com/twilio/voice",
            form: Self.form,
            token: "stranger"
        )
        #expect(word(verifier.verify(request(signature: other))) == "forged")
    }

    @Test func `A body that is no form must be covered by its hash`() throws {
        let verifier = TwilioRequestVerifier(settings: try settings())
        let signature = TwilioSignature.sign(url: "https://voice.example.com/twilio/voice", form: [], token: "new")
        let json = request(signature: signature, contentType: "application/json")
        #expect(word(verifier.verify(json)) == "forged")
    }

    @Test func `Without tokens nothing is genuine unless checks are off`() throws {
        var settings = try settings()
        settings.authTokens = []
        let signature = TwilioSignature.sign(
            url: "https://voice.example.com/twilio/voice",
            form: Self.form,
            token: ""
        )
        #expect(word(TwilioRequestVerifier(settings: settings).verify(request(signature: signature))) == "forged")
        settings.skipsSignature = true
        #expect(word(TwilioRequestVerifier(settings: settings).verify(request(signature: nil))) == "genuine")
    }

    @Test func `A stream's signature is over the WebSocket URL and may be missing`() throws {
        var settings = try settings()
        let url = "wss://voice.example.com/twilio/media"
        let right = TwilioSignature.sign(url: url, form: [], token: "new")
        let asHTTPS = TwilioSignature.sign(url: "https://voice.example.com/twilio/media", form: [], token: "new")
        func check(_ signature: String?) -> String {
            let request = request("GET", target: "/twilio/media", signature: signature)
            return word(TwilioRequestVerifier(settings: settings).verifyStream(request))
        }
        #expect(check(right) == "genuine")
        #expect(check(asHTTPS) == "forged")
        #expect(check(nil) == "genuine")
        settings.requiresStreamSignature = true
        #expect(check(nil) == "unsigned")
        #expect(check(right) == "genuine")
    }
}
