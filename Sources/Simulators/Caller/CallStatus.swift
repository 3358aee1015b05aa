/// Where a call is, in Twilio's words (Twilio, Voice status callbacks).
package enum CallStatus: String, Sendable, CaseIterable {
    /// Waits to be dialled.
    case queued
    /// Is being dialled.
    case initiated
    /// Rings.
    case ringing
    /// Was answered.
    case inProgress = "in-progress"
    /// Ended after it was answered.
    case completed
    /// The other end was busy, or refused.
    case busy
    /// Could not be put through.
    case failed
    /// Nobody answered in time.
    case noAnswer = "no-answer"
    /// Was taken back before it was answered.
    case canceled

    /// Whether nothing follows.
    package var isFinal: Bool {
        switch self {
        case .queued, .initiated, .ringing, .inProgress: false
        case .completed, .busy, .failed, .noAnswer, .canceled: true
        }
    }

    /// The event a callback about it is subscribed by; nil for none.
    package var event: CallProgressEvent? {
        switch self {
        case .queued: nil
        case .initiated: .initiated
        case .ringing: .ringing
        case .inProgress: .answered
        case .completed, .busy, .failed, .noAnswer, .canceled: .completed
        }
    }
}

/// What status callbacks are asked for by; `completed` stands for every final status.
package enum CallProgressEvent: String, Sendable, CaseIterable {
    case initiated
    case ringing
    case answered
    case completed
}

/// Who began a call.
package enum CallDirection: String, Sendable {
    /// Somebody called a number of the account.
    case inbound
    /// The account called somebody.
    case outbound = "outbound-api"
}

/// Where a call's TwiML comes from.
package enum CallInstructions: Sendable, Equatable {
    /// A document to be fetched; a path is one of the configuration's public URL.
    case url(String, method: String = "POST")

    /// The document itself.
    case twiML(String)
}

/// How an outbound call reaches the one called.
package struct CallDialing: Sendable, Equatable {
    /// What the one called does.
    package enum Outcome: String, Sendable, CaseIterable {
        case answer
        case busy
        case noAnswer = "no-answer"
        case fail
    }

    /// Milliseconds until it rings.
    package var dialMilliseconds = 100

    /// Milliseconds it rings before it is answered or found busy.
    package var ringMilliseconds = 1000

    /// Milliseconds after which ringing is given up.
    package var timeoutMilliseconds = 60_000

    /// What happens then.
    package var outcome = Outcome.answer

    /// A call that is answered after a ring.
    package init() {}
}
