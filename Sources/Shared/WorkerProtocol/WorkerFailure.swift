package import JSONText

/// Why a worker could not do, or go on doing, what it was asked for.
package struct WorkerFailure: Error, Sendable, Equatable {
    /// A closed set the gateway decides by.
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        /// The provider refuses for good: credentials, payment, permission, a bad request, an unknown model.
        case rejected

        /// The provider cannot be reached, answers 5xx, or cut the connection.
        case unavailable

        /// Accepted, but no useful output in time.
        case timedOut

        /// The provider or the peer said something it must not say.
        case protocolViolation

        /// Too much asked for at once: the worker's capacity, or the provider's 429 or 529.
        case overloaded
    }

    /// What kind of failure.
    package var kind: Kind

    /// Whether trying the same again is pointless.
    package var isPermanent: Bool

    /// A sentence for the operator, without secrets or what people said.
    package var detail: String

    /// The provider's name, as `deepgram`; nil for the worker itself.
    package var provider: String?

    /// The HTTP status or WebSocket close code, when there was one.
    package var status: Int?

    /// The provider's own id of the request, for its support.
    package var requestID: String?

    /// How long the provider asked to wait, milliseconds.
    package var retryAfterMilliseconds: Int?

    /// Makes a failure.
    package init(
        _ kind: Kind,
        isPermanent: Bool = false,
        detail: String,
        provider: String? = nil,
        status: Int? = nil,
        requestID: String? = nil,
        retryAfterMilliseconds: Int? = nil
    ) {
        self.kind = kind
        self.isPermanent = isPermanent
        self.detail = detail
        self.provider = provider
        self.status = status
        self.requestID = requestID
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// Reads a failure out of a control message's `failure` member; an unknown kind reads as `unavailable`.
    package init(json: JSONValue) {
        kind = json["kind"]?.stringValue.flatMap(Kind.init(rawValue:)) ?? .unavailable
        isPermanent = json["permanent"]?.boolValue ?? false
        detail = json["detail"]?.stringValue ?? ""
        provider = json["provider"]?.stringValue
        status = json["status"]?.intValue
        requestID = json["request_id"]?.stringValue
        retryAfterMilliseconds = json["retry_after_ms"]?.intValue
    }

    /// The failure as the `failure` member of a control message.
    package var json: JSONValue {
        var object: JSONObject = [
            "kind": .string(kind.rawValue), "permanent": .bool(isPermanent), "detail": .string(detail),
        ]
        object.set("provider", provider)
        object.set("status", status)
        object.set("request_id", requestID)
        object.set("retry_after_ms", retryAfterMilliseconds)
        return .object(object)
    }
}

/// What any session can say about itself, whatever its role.
///
/// A worker answers `open` with `opened` or `refused`; `failed` or `closed` is the last message of a session.
package enum SessionMessage: ControlMessage {
    /// The session is accepted; what was sent before may be forgotten by the gateway.
    case opened

    /// The worker will not take the session; the gateway tries the next instance.
    case refused(WorkerFailure)

    /// The session has failed and is over.
    case failed(WorkerFailure)

    /// The session was closed at the gateway's wish and has drained.
    case closed

    /// The gateway ends the session; the worker drains and answers `closed`.
    case close

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "opened": self = .opened
        case "refused": self = .refused(WorkerFailure(json: try reader.value("failure")))
        case "failed": self = .failed(WorkerFailure(json: try reader.value("failure")))
        case "closed": self = .closed
        case "close": self = .close
        default: throw .unknownType(reader.type)
        }
    }

    package var json: JSONValue {
        switch self {
        case .opened: ["type": "opened"]
        case .refused(let failure): ["type": "refused", "failure": failure.json]
        case .failed(let failure): ["type": "failed", "failure": failure.json]
        case .closed: ["type": "closed"]
        case .close: ["type": "close"]
        }
    }
}
