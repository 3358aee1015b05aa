import JSONText

/// An error of the chat completions API, before it is written (OpenAI, error codes).
struct OpenAIError: Error, Equatable {
    /// HTTP status.
    let status: Int
    /// `error.message`.
    let message: String
    /// `error.type`.
    var type = "invalid_request_error"
    /// `error.param`.
    var param: String?
    /// `error.code`.
    var code: String?

    /// 400 for a request that is not as it must be.
    static func invalid(_ message: String, param: String? = nil, code: String? = nil) -> OpenAIError {
        OpenAIError(status: 400, message: message, param: param, code: code)
    }

    /// The error the service answers with this status.
    static func standard(_ status: Int) -> OpenAIError {
        switch status {
        case 401:
            OpenAIError(status: 401, message: "Incorrect API key provided.", code: "invalid_api_key")
        case 402:
            OpenAIError(
                status: 402,
                message: "Payment required.",
                type: "insufficient_quota",
                code: "credit_balance_exhausted"
            )
        case 403:
            OpenAIError(
                status: 403,
                message: "Country, region, or territory not supported.",
                type: "request_forbidden",
                code: "unsupported_country_region_territory"
            )
        case 404: OpenAIError(status: 404, message: "The model does not exist.", code: "model_not_found")
        case 429:
            OpenAIError(
                status: 429,
                message: "Rate limit reached for requests. Please try again later.",
                type: "requests",
                code: "rate_limit_exceeded"
            )
        case 503, 529:
            OpenAIError(
                status: status,
                message: "The server is overloaded.",
                type: "service_unavailable_error",
                code: "server_is_overloaded"
            )
        default:
            OpenAIError(
                status: status,
                message: "The server had an error while processing your request.",
                type: "server_error"
            )
        }
    }

    /// The JSON body, also the data of an error in a stream.
    var body: JSONValue {
        [
            "error": [
                "message": .string(self.message), "type": .string(self.type),
                "param": self.param.map { .string($0) } ?? .null, "code": self.code.map { .string($0) } ?? .null,
            ]
        ]
    }
}
