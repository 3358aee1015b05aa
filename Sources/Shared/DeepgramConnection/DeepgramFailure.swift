internal import JSONText
package import WebSocketTransport
package import WorkerProtocol

/// What Deepgram's refusals and closes mean to the gateway.
package enum DeepgramFailure {
    /// The longest text of the provider that goes into a failure, in characters.
    static let maximumDetail = 300

    /// The longest wait a provider may ask for that is believed, in milliseconds.
    static let maximumRetryAfterMilliseconds = 3_600_000

    /// Reads a failed handshake.
    ///
    /// Deepgram, upgrade failure: a plain HTTP answer with the headers `dg-error` and `dg-request-id` and one of two
    /// JSON shapes or bare text as its body. 400, 401, 402, 403 and other 4xx are permanent; 408, 425 and 429 (too many
    /// streams) and 5xx are not.
    package static func handshake(_ error: WebSocketConnectError) -> WorkerFailure {
        switch error {
        case .invalidURL:
            return WorkerFailure(
                .rejected,
                isPermanent: true,
                detail: "the base URL of deepgram is not a WebSocket URL",
                provider: "deepgram"
            )
        case .timedOut:
            return WorkerFailure(.timedOut, detail: "deepgram did not answer the handshake", provider: "deepgram")
        case .transport(let why):
            return WorkerFailure(
                .unavailable,
                detail: "no connection to deepgram: " + clean(why),
                provider: "deepgram"
            )
        case .refused(let status, let headers, let body):
            return refusal(status: status, headers: headers, body: body)
        }
    }

    /// Reads the end of an established connection.
    ///
    /// Deepgram, close frames: a code and a reason that holds a symbol such as NET-0001. 1008 and the 4xx-like codes
    /// say that what was sent is not accepted; they are not permanent, since another session may do better.
    package static func close(_ close: WebSocketClose, requestID: String?) -> WorkerFailure {
        let kind: WorkerFailure.Kind
        var what: String
        switch close.kind {
        case .protocolError(let why):
            kind = .protocolViolation
            what = "deepgram broke the WebSocket protocol: " + clean(why)
        case .transportError(let why):
            kind = .unavailable
            what = "the connection to deepgram failed: " + clean(why)
        case .endOfFile:
            kind = .unavailable
            what = "deepgram cut the connection"
        case .peerClosed, .weClosed:
            kind = close.code == 1003 || close.code == 1007 || close.code == 1008 ? .protocolViolation : .unavailable
            what = "deepgram closed the connection"
        }
        if !close.reason.isEmpty { what += ": " + clean(close.reason) }
        return WorkerFailure(
            kind,
            detail: what,
            provider: "deepgram",
            status: close.code.map(Int.init),
            requestID: requestID
        )
    }

    private static func refusal(status: Int, headers: [(String, String)], body: String) -> WorkerFailure {
        let said = value(of: "dg-error", in: headers) ?? message(in: body)
        let (kind, isPermanent): (WorkerFailure.Kind, Bool) =
            switch status {
            case 429: (.overloaded, false)
            case 408, 425: (.timedOut, false)
            case 500...: (.unavailable, false)
            default: (.rejected, true)
            }
        return WorkerFailure(
            kind,
            isPermanent: isPermanent,
            detail: "deepgram refused the connection with status \(status)" + (said.map { ": " + clean($0) } ?? ""),
            provider: "deepgram",
            status: status,
            requestID: value(of: "dg-request-id", in: headers).map(clean) ?? requestID(in: body),
            retryAfterMilliseconds: isPermanent ? nil : retryAfter(headers)
        )
    }

    /// The value of `Retry-After` in seconds (RFC 9110 §10.2.3); a date is not understood.
    private static func retryAfter(_ headers: [(String, String)]) -> Int? {
        guard let text = value(of: "retry-after", in: headers), let seconds = Double(text), seconds >= 0 else {
            return nil
        }
        return Int(min(seconds * 1000, Double(maximumRetryAfterMilliseconds)))
    }

    private static func value(of name: String, in headers: [(String, String)]) -> String? {
        headers.first { $0.0.lowercased() == name && !$0.1.isEmpty }?.1
    }

    private static func message(in body: String) -> String? {
        guard let value = try? JSONValue.parse(body) else { return body.isEmpty ? nil : body }
        let members = ["err_msg", "message", "details", "reason", "description"]
        return value.stringValue ?? members.lazy.compactMap { value[$0]?.stringValue }.first { !$0.isEmpty }
    }

    private static func requestID(in body: String) -> String? {
        (try? JSONValue.parse(body))?["request_id"]?.stringValue.map(clean)
    }

    /// A bounded piece of the provider's text on one line.
    static func clean(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(maximumDetail) {
            scalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(scalars)
    }
}
