import JSONText
import WorkerProtocol

/// The error object of OpenAI's API and of the servers that imitate it (OpenAI chat completions, error codes).
struct OpenAIError: Equatable, Sendable {
    /// As `rate_limit_exceeded`; empty if there is none.
    var code: String

    /// As `invalid_request_error`; empty if there is none.
    var type: String

    /// For people; may change.
    var message: String

    /// Reads the `error` member, which some servers make a bare text.
    init(_ error: JSONValue) {
        let number = error["code"]?.intValue.map { String($0) }
        code = error["code"]?.stringValue ?? number ?? ""
        type = error["type"]?.stringValue ?? ""
        message = error["message"]?.stringValue ?? error.stringValue ?? ""
    }

    /// Reads the body of an answer; one that is not JSON gives an empty error.
    init(body: [UInt8]) {
        let json = (try? JSONValue.parse(body)) ?? .null
        self.init(json["error"] ?? json[0]?["error"] ?? json)
    }

    /// What the error means for the gateway.
    ///
    /// - Parameters:
    ///   - status: The HTTP status; nil for an error in a stream that had begun with 200.
    ///   - provider: The provider's name.
    /// - Returns: The failure, without a word of a credential.
    func failure(status: Int?, provider: String) -> ProviderFailure {
        let verdict = verdict(status: status ?? Int(code))
        let where_ = status.map { "answered \($0)" } ?? "broke off its answer"
        let kindOfError = [provider, where_, type, code == type ? "" : code].filter { !$0.isEmpty }
        let detail = ProviderResponse.printable(kindOfError.joined(separator: " "))
        return verdict.failure(detail, message: message, provider: provider, status: status)
    }

    private func verdict(status: Int?) -> ErrorVerdict {
        var verdict = ErrorVerdict()
        let isSpent = ["insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"]
        switch (status, code, type) {
        case _ where isSpent.contains(code) || isSpent.contains(type):
            verdict.kind = .rejected
        case (401, _, _), (402, _, _), (403, _, _), (nil, "invalid_api_key", _):
            verdict.kind = .rejected
        case (408, _, _), (409, _, _):
            verdict.kind = .unavailable
            verdict.isWorthQuickRetry = true
        case (429, _, _), (498, _, _), (529, _, _), (_, "rate_limit_exceeded", _), (_, "slow_down", _),
            (_, _, "rate_limit_error"), (_, "server_is_overloaded", _), (_, _, "overloaded_error"):
            verdict.kind = .overloaded
        case (nil, _, "invalid_request_error"):
            verdict.kind = .rejected
            verdict.showsMessage = true
        case (499, _, _), (nil, _, _):
            verdict.kind = .unavailable
            verdict.isWorthQuickRetry = true
        case (let status?, _, _) where status >= 500:
            verdict.kind = status == 504 ? .timedOut : .unavailable
            verdict.isWorthQuickRetry = true
        case (let status?, _, _) where status >= 400:
            verdict.kind = .rejected
            verdict.showsMessage = true
        default:
            verdict.kind = .protocolViolation
        }
        return verdict
    }
}
