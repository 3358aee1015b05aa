import LLMWorkerCore
import NIOHTTP1
import Testing
import WorkerProtocol

@Suite("OpenAI errors")
struct OpenAIErrorTests {
    private func failure(_ status: Int, _ body: String, _ headers: HTTPHeaders = [:]) throws -> ProviderFailure {
        let provider = OpenAIProvider(baseURL: try ServiceURL("https://api.openai.com/v1"))
        return provider.failure(ProviderResponse(status: status, headers: headers, body: Array(body.utf8)), now: 0)
    }

    @Test(
        "errors are told apart",
        arguments: [
            (400, "context_length_exceeded", .rejected, false), (401, "invalid_api_key", .rejected, false),
            (403, "", .rejected, false), (404, "model_not_found", .rejected, false), (413, "", .rejected, false),
            (408, "", .unavailable, true), (409, "", .unavailable, true), (424, "", .rejected, false),
            (429, "rate_limit_exceeded", .overloaded, false), (429, "slow_down", .overloaded, false),
            (429, "insufficient_quota", .rejected, false), (429, "credit_balance_exhausted", .rejected, false),
            (498, "capacity_exceeded", .overloaded, false), (499, "", .unavailable, true),
            (500, "server_error", .unavailable, true), (502, "", .unavailable, true),
            (503, "server_is_overloaded", .overloaded, false), (503, "", .unavailable, true),
            (504, "", .timedOut, true),
            (529, "", .overloaded, false), (301, "", .protocolViolation, false),
        ] as [(Int, String, WorkerFailure.Kind, Bool)]
    )
    func mapping(status: Int, code: String, kind: WorkerFailure.Kind, isWorthRetry: Bool) throws {
        let body = #"{"error":{"message":"Incorrect key sk-12","type":"t","param":null,"code":"\#(code)"}}"#
        let failure = try failure(status, body, ["x-request-id": "req_1", "retry-after": "3"])
        #expect(failure.failure.kind == kind)
        #expect(failure.failure.isPermanent == (kind == .rejected))
        #expect(failure.isWorthQuickRetry == isWorthRetry)
        #expect(failure.failure.requestID == "req_1")
        #expect(failure.failure.retryAfterMilliseconds == 3000)
        #expect(failure.failure.detail.contains(code))
        #expect(failure.failure.detail.contains("sk-12") == [400, 404, 413, 424].contains(status))
    }

    @Test(
        "bodies of other shapes are understood as far as they go",
        arguments: [
            (#"{"error":"model is loading"}"#, "openai answered 400: model is loading"),
            (#"[{"error":{"message":"from a list"}}]"#, "openai answered 400: from a list"),
            (#"{"message":"bare"}"#, "openai answered 400: bare"), ("<html>", "openai answered 400"),
            ("", "openai answered 400"),
        ]
    )
    func shapes(body: String, detail: String) throws {
        #expect(try failure(400, body).failure.detail == detail)
    }
}
