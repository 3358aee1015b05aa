import JSONText

/// An error of the REST API (Twilio, REST responses; error dictionary).
struct FakeTwilioError: Error, Equatable {
    let status: Int
    let code: Int
    let message: String

    /// Neither the account with its token nor a key with its secret.
    static let authenticate = FakeTwilioError(status: 401, code: 20003, message: "Authenticate")

    /// More requests at once than allowed; this one was not looked at.
    static let tooManyRequests = FakeTwilioError(status: 429, code: 20429, message: "Too Many Requests")

    /// The call is not in the state the change needs.
    static let invalidState = FakeTwilioError(
        status: 400,
        code: 21220,
        message: "Call is not in-progress. Cannot redirect or end it."
    )

    /// There is no such thing at this path.
    static func notFound(_ path: String) -> FakeTwilioError {
        FakeTwilioError(status: 404, code: 20404, message: "The requested resource \(path) was not found")
    }

    /// A parameter is missing or not what it should be.
    static func invalid(_ code: Int, _ message: String) -> FakeTwilioError {
        FakeTwilioError(status: 400, code: code, message: message)
    }

    /// The standing text of a status, for failures on demand.
    static func standard(_ status: Int) -> FakeTwilioError {
        switch status {
        case 401: .authenticate
        case 429: .tooManyRequests
        case 500...: FakeTwilioError(status: status, code: 20500, message: "Internal Server Error")
        default: FakeTwilioError(status: status, code: 20000 + status, message: "Refused by the simulation")
        }
    }

    var json: JSONValue {
        [
            "code": .integer(Int64(code)), "message": .string(message),
            "more_info": .string("https://www.twilio.com/docs/errors/\(code)"), "status": .integer(Int64(status)),
        ]
    }
}
