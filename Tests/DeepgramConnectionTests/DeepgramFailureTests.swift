import DeepgramConnection
import Testing
import WebSocketTransport
import WorkerProtocol

@Suite struct DeepgramFailureTests {
    private func refusal(
        _ status: Int,
        headers: [(String, String)] = [],
        body: String = ""
    ) -> WorkerFailure {
        DeepgramFailure.handshake(.refused(status: status, headers: headers, body: body))
    }

    @Test(arguments: [
        (400, WorkerFailure.Kind.rejected, true), (401, .rejected, true), (402, .rejected, true),
        (403, .rejected, true), (404, .rejected, true), (405, .rejected, true), (302, .rejected, true),
        (429, .overloaded, false), (408, .timedOut, false), (500, .unavailable, false), (503, .unavailable, false),
    ])
    func theStatusDecidesKindAndPermanence(status: Int, kind: WorkerFailure.Kind, isPermanent: Bool) {
        let failure = refusal(status)
        #expect(failure.kind == kind)
        #expect(failure.isPermanent == isPermanent)
        #expect(failure.status == status)
        #expect(failure.provider == "deepgram")
    }

    @Test func theProvidersHeadersAreSurfaced() {
        let failure = refusal(
            400,
            headers: [("dg-request-id", "019f-1"), ("Dg-Error", "No such model/version combination found.")]
        )
        #expect(failure.requestID == "019f-1")
        #expect(failure.detail.hasSuffix(": No such model/version combination found."))
    }

    @Test(arguments: [
        #"{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"r1"}"#,
        #"{"category":"INVALID_AUTH","message":"Invalid credentials.","details":"x","request_id":"r1"}"#,
    ])
    func bothShapesOfBodiesAreRead(body: String) {
        let failure = refusal(401, body: body)
        #expect(failure.detail.hasSuffix(": Invalid credentials."))
        #expect(failure.requestID == "r1")
    }

    @Test func aBareBodyIsShownBoundedAndOnOneLine() {
        #expect(refusal(500, body: "\"oops\"").detail.hasSuffix(": oops"))
        let failure = refusal(500, body: "a\r\nb" + String(repeating: "x", count: 5000))
        #expect(failure.detail.contains("a  b"))
        #expect(failure.detail.count < 400)
    }

    @Test(arguments: [("2", 2000), ("0.5", 500), ("-1", nil), ("soon", nil), ("1e99", 3_600_000), ("nan", nil)])
    func retryAfterIsReadInSeconds(text: String, expected: Int?) {
        #expect(refusal(429, headers: [("Retry-After", text)]).retryAfterMilliseconds == expected)
    }

    @Test func attemptsWithoutAnAnswerAreTemporary() {
        #expect(DeepgramFailure.handshake(.timedOut).kind == .timedOut)
        #expect(DeepgramFailure.handshake(.transport("refused")).kind == .unavailable)
        #expect(!DeepgramFailure.handshake(.transport("refused")).isPermanent)
        #expect(DeepgramFailure.handshake(.invalidURL("x")).isPermanent)
    }

    @Test(arguments: [
        (UInt16(1011), WorkerFailure.Kind.unavailable), (1000, .unavailable), (1008, .protocolViolation),
        (1003, .protocolViolation),
    ])
    func aCloseKeepsCodeAndReason(code: UInt16, kind: WorkerFailure.Kind) {
        let close = WebSocketClose(code: code, reason: "NET-0001: no audio", kind: .peerClosed)
        let failure = DeepgramFailure.close(close, requestID: "r")
        #expect(failure.kind == kind)
        #expect(failure.status == Int(code))
        #expect(failure.requestID == "r")
        #expect(failure.detail.contains("NET-0001: no audio"))
    }

    @Test func anEndOfFileIsUnavailable() {
        let failure = DeepgramFailure.close(WebSocketClose(code: nil, kind: .endOfFile), requestID: nil)
        #expect(failure.kind == .unavailable)
        #expect(failure.status == nil)
    }
}
