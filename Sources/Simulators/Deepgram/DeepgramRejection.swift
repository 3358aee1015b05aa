import JSONText

/// An upgrade the simulated service refuses, with the status and body the real one would give.
package struct DeepgramRejection: Error, Equatable, Sendable {
    /// HTTP status.
    package let status: Int
    /// `err_code` of the body.
    package let code: String
    /// `err_msg` of the body, repeated in the header `dg-error`.
    package let message: String

    /// 400 for a query the service cannot take as it is written.
    static func query(_ detail: String) -> DeepgramRejection {
        DeepgramRejection(
            status: 400,
            code: "INVALID_QUERY_PARAMETER",
            message: "Failed to deserialize query parameters: " + detail
        )
    }

    /// 400 for a query that is well written but asks for something that does not exist.
    static func badRequest(_ message: String) -> DeepgramRejection {
        DeepgramRejection(status: 400, code: "Bad Request", message: message)
    }

    /// The refusals the service's error page lists, by status.
    static func standard(_ status: Int) -> DeepgramRejection {
        switch status {
        case 401: DeepgramRejection(status: 401, code: "INVALID_AUTH", message: "Invalid credentials.")
        case 402:
            DeepgramRejection(
                status: 402,
                code: "ASR_PAYMENT_REQUIRED",
                message:
                    "Project does not have enough credits for an ASR request and does not have an overage agreement."
            )
        case 403: DeepgramRejection(status: 403, code: "INSUFFICIENT_PERMISSIONS", message: "Insufficient permissions.")
        case 405: DeepgramRejection(status: 405, code: "METHOD_NOT_ALLOWED", message: "Method not allowed.")
        case 429:
            DeepgramRejection(
                status: 429,
                code: "TOO_MANY_REQUESTS",
                message: "Too many requests. Please try again later"
            )
        case 503: DeepgramRejection(status: 503, code: "SERVICE_UNAVAILABLE", message: "Service unavailable.")
        default: DeepgramRejection(status: status, code: "INTERNAL_SERVER_ERROR", message: "Internal server error.")
        }
    }

    /// The JSON body in its older shape.
    func body(requestID: String) -> String {
        let body: JSONValue = [
            "err_code": .string(self.code), "err_msg": .string(self.message), "request_id": .string(requestID),
        ]
        return body.serialized()
    }
}
