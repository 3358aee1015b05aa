import JSONText
import WorkerProtocol

/// The error object of Anthropic's API, of an HTTP answer or of a stream (Anthropic Messages API, errors).
struct AnthropicError: Equatable, Sendable {
    /// As `overloaded_error`; empty if the body was not an error object.
    var type: String

    /// As `ramp_limit_exceeded`.
    var code: String?

    /// For people; may change.
    var message: String

    /// The request's id, when the body has it.
    var requestID: String?

    init(_ json: JSONValue) {
        type = json["error"]?["type"]?.stringValue ?? ""
        code = json["error"]?["details"]?["error_code"]?.stringValue
        message = json["error"]?["message"]?.stringValue ?? ""
        requestID = json["request_id"]?.stringValue
    }

    /// Reads the body of an answer; one that is not JSON gives an empty error.
    init(body: [UInt8]) {
        self.init((try? JSONValue.parse(body)) ?? .null)
    }

    /// What the error means for the gateway.
    ///
    /// - Parameters:
    ///   - status: The HTTP status; nil for an error in a stream that had begun with 200.
    ///   - provider: The provider's name.
    /// - Returns: The failure, without a word of a credential.
    func failure(status: Int?, provider: String) -> ProviderFailure {
        let verdict = verdict(status: status)
        let where_ = status.map { "answered \($0)" } ?? "broke off its answer"
        let detail = [provider, where_, type, code ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        return verdict.failure(detail, message: message, provider: provider, status: status, requestID: requestID)
    }

    private func verdict(status: Int?) -> ErrorVerdict {
        var verdict = ErrorVerdict()
        let isSpent = ["enforced_spend_limit_reached", "contract_spend_limit_reached"].contains(code)
        switch (status, type) {
        case _ where isSpent: verdict.kind = .rejected
        case (400, _), (404, _), (413, _), (422, _), (nil, "invalid_request_error"), (nil, "not_found_error"),
            (nil, "request_too_large"):
            verdict.kind = .rejected
            verdict.showsMessage = true
        case (401, _), (402, _), (403, _), (nil, "authentication_error"), (nil, "billing_error"),
            (nil, "permission_error"):
            verdict.kind = .rejected
        case (408, _), (409, _), (nil, "conflict_error"):
            verdict.kind = .unavailable
            verdict.isWorthQuickRetry = true
        case (429, _), (529, _), (nil, "rate_limit_error"), (nil, "overloaded_error"):
            verdict.kind = .overloaded
        case (504, _), (nil, "timeout_error"):
            verdict.kind = .timedOut
            verdict.isWorthQuickRetry = true
        case (nil, _):
            verdict.kind = .unavailable
            verdict.isWorthQuickRetry = true
        case (let status?, _) where status >= 500:
            verdict.kind = type == "overloaded_error" ? .overloaded : .unavailable
            verdict.isWorthQuickRetry = verdict.kind == .unavailable
        case (let status?, _) where status >= 400:
            verdict.kind = .rejected
        default:
            verdict.kind = .protocolViolation
        }
        return verdict
    }
}
