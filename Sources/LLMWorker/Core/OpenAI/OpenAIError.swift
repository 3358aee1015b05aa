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
        let verdict = Verdict(status: status ?? Int(code), code: code, type: type)
        let where_ = status.map { "answered \($0)" } ?? "broke off its answer"
        let kindOfError = [provider, where_, type, code == type ? "" : code].filter { !$0.isEmpty }
        var detail = ProviderResponse.printable(kindOfError.joined(separator: " "))
        // What the provider says about a key holds a part of it; what it says about a bad request is what an operator
        // needs to see.
        if verdict.showsMessage, !message.isEmpty {
            detail += ": " + ProviderResponse.printable(message)
        }
        return ProviderFailure(
            WorkerFailure(
                verdict.kind,
                isPermanent: verdict.kind == .rejected,
                detail: detail,
                provider: provider,
                status: status
            ),
            isWorthQuickRetry: verdict.isWorthQuickRetry
        )
    }

    private struct Verdict {
        var kind: WorkerFailure.Kind
        var isWorthQuickRetry = false
        var showsMessage = false

        init(status: Int?, code: String, type: String) {
            let isSpent = ["insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"]
            switch (status, code, type) {
            case _ where isSpent.contains(code) || isSpent.contains(type):
                kind = .rejected
            case (401, _, _), (402, _, _), (403, _, _), (nil, "invalid_api_key", _):
                kind = .rejected
            case (408, _, _), (409, _, _):
                kind = .unavailable
                isWorthQuickRetry = true
            case (429, _, _), (498, _, _), (529, _, _), (_, "rate_limit_exceeded", _), (_, "slow_down", _),
                (_, _, "rate_limit_error"), (_, "server_is_overloaded", _), (_, _, "overloaded_error"):
                kind = .overloaded
            case (nil, _, "invalid_request_error"):
                kind = .rejected
                showsMessage = true
            case (499, _, _), (nil, _, _):
                kind = .unavailable
                isWorthQuickRetry = true
            case (let status?, _, _) where status >= 500:
                kind = status == 504 ? .timedOut : .unavailable
                isWorthQuickRetry = true
            case (let status?, _, _) where status >= 400:
                kind = .rejected
                showsMessage = true
            default:
                kind = .protocolViolation
            }
        }
    }
}
