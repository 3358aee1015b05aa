import JSONText

/// An error of the Messages API, before it is written (Anthropic, errors).
struct AnthropicError: Error, Equatable {
    /// HTTP status.
    let status: Int
    /// `error.type`.
    let type: String
    /// `error.message`.
    let message: String
    /// `error.details.error_code`.
    var code: String?

    /// 400 for a request that is not as it must be.
    static func invalid(_ message: String) -> AnthropicError {
        AnthropicError(status: 400, type: "invalid_request_error", message: message)
    }

    /// The error the service answers with this status.
    static func standard(_ status: Int) -> AnthropicError {
        switch status {
        case 400:
            .invalid(
                "You have reached your specified API usage limits. You will regain access on the first of the month."
            )
        case 401: AnthropicError(status: 401, type: "authentication_error", message: "invalid x-api-key")
        case 402:
            AnthropicError(
                status: 402,
                type: "billing_error",
                message: "There is a problem with the billing information of your organization."
            )
        case 403:
            AnthropicError(
                status: 403,
                type: "permission_error",
                message: "Your API key does not have permission to use the specified resource."
            )
        case 404: AnthropicError(status: 404, type: "not_found_error", message: "Not Found")
        case 409:
            AnthropicError(status: 409, type: "conflict_error", message: "The request conflicts with another one.")
        case 413:
            AnthropicError(
                status: 413,
                type: "request_too_large",
                message: "Request exceeds the maximum allowed number of bytes."
            )
        case 429:
            AnthropicError(
                status: 429,
                type: "rate_limit_error",
                message: "This request would exceed your organization's rate limit. Please try again later.",
                code: "ramp_limit_exceeded"
            )
        case 504: AnthropicError(status: 504, type: "timeout_error", message: "Request timed out.")
        case 529: AnthropicError(status: 529, type: "overloaded_error", message: "Overloaded")
        default: AnthropicError(status: status, type: "api_error", message: "Internal server error")
        }
    }

    /// The JSON body, also the data of an `error` event.
    func body(requestID: String) -> JSONValue {
        var error: JSONObject = ["type": .string(self.type), "message": .string(self.message)]
        if let code { error["details"] = ["error_code": .string(code)] }
        return ["type": "error", "error": .object(error), "request_id": .string(requestID)]
    }
}
