import LLMWorkerCore
import NIOHTTP1
import Testing
import WorkerProtocol

@Suite("Anthropic errors")
struct AnthropicErrorTests {
    private let provider: AnthropicProvider

    init() throws {
        provider = AnthropicProvider(baseURL: try ServiceURL("https://api.anthropic.com"))
    }

    private func failure(_ status: Int, _ body: String, _ headers: HTTPHeaders = [:]) -> ProviderFailure {
        provider.failure(ProviderResponse(status: status, headers: headers, body: Array(body.utf8)), now: 784_111_700)
    }

    private static func body(_ type: String, code: String? = nil) -> String {
        let details = code.map { #","details":{"error_code":"\#($0)"}"# } ?? ""
        return
            #"{"type":"error","error":{"type":"\#(type)","message":"as \"said\""\#(details)},"request_id":"req_body"}"#
    }

    @Test(
        "every documented error is told apart",
        arguments: [
            (400, "invalid_request_error", nil, .rejected, false), (401, "authentication_error", nil, .rejected, false),
            (402, "billing_error", nil, .rejected, false), (403, "permission_error", nil, .rejected, false),
            (404, "not_found_error", nil, .rejected, false), (408, "", nil, .unavailable, true),
            (409, "conflict_error", nil, .unavailable, true), (413, "request_too_large", nil, .rejected, false),
            (418, "", nil, .rejected, false), (422, "", nil, .rejected, false),
            (429, "rate_limit_error", nil, .overloaded, false),
            (429, "rate_limit_error", "ramp_limit_exceeded", .overloaded, false),
            (429, "rate_limit_error", "enforced_spend_limit_reached", .rejected, false),
            (429, "rate_limit_error", "contract_spend_limit_reached", .rejected, false),
            (500, "api_error", nil, .unavailable, true), (503, "api_error", nil, .unavailable, true),
            (503, "overloaded_error", nil, .overloaded, false), (504, "timeout_error", nil, .timedOut, true),
            (529, "overloaded_error", nil, .overloaded, false), (302, "", nil, .protocolViolation, false),
        ] as [(Int, String, String?, WorkerFailure.Kind, Bool)]
    )
    func mapping(status: Int, type: String, code: String?, kind: WorkerFailure.Kind, isWorthRetry: Bool) {
        let failure = failure(status, Self.body(type, code: code))
        #expect(failure.failure.kind == kind)
        #expect(failure.failure.isPermanent == (kind == .rejected))
        #expect(failure.isWorthQuickRetry == isWorthRetry)
        #expect(failure.failure.status == status)
        #expect(failure.failure.provider == "anthropic")
        #expect(failure.failure.detail.hasPrefix("anthropic answered \(status)"))
        #expect(failure.failure.detail.contains(type))
    }

    @Test("the request's id comes from the header, else from the body")
    func requestID() {
        #expect(failure(500, Self.body("api_error"), ["request-id": "req_head"]).failure.requestID == "req_head")
        #expect(failure(500, Self.body("api_error")).failure.requestID == "req_body")
        #expect(failure(500, "").failure.requestID == nil)
    }

    @Test(
        "the wait comes from retry-after-ms, else from retry-after in seconds or as a date",
        arguments: [
            (["retry-after-ms": "1500", "retry-after": "9"], 1500), (["retry-after": "2"], 2000),
            (["retry-after": "0.25"], 250), (["retry-after": "-1"], 0),
            (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], 77_000), (["retry-after": "soon"], nil), ([:], nil),
            (["retry-after": "1e300"], nil), (["retry-after": "nan"], nil),
        ] as [(HTTPHeaders, Int?)]
    )
    func retryAfter(headers: HTTPHeaders, expected: Int?) {
        #expect(failure(429, Self.body("rate_limit_error"), headers).failure.retryAfterMilliseconds == expected)
    }

    @Test("a provider that says not to ask again is not asked again")
    func shouldRetry() {
        #expect(!failure(500, Self.body("api_error"), ["x-should-retry": "false"]).isWorthQuickRetry)
        #expect(failure(500, Self.body("api_error"), ["x-should-retry": "true"]).isWorthQuickRetry)
    }

    @Test("a bad request is explained, a bad key is not quoted")
    func messages() {
        #expect(failure(400, Self.body("invalid_request_error")).failure.detail.hasSuffix(#": as "said""#))
        #expect(!failure(401, Self.body("authentication_error")).failure.detail.contains("said"))
        #expect(failure(400, "not JSON").failure.detail == "anthropic answered 400")
        let long = #"{"error":{"type":"t","message":"\#(String(repeating: "é\\n", count: 900))"}}"#
        #expect(failure(400, long).failure.detail.count < 250)
        #expect(!failure(400, long).failure.detail.contains("\n"))
    }
}
