/// What Twilio is told when it asks what to do after a stream has ended.
///
/// Source: Twilio `<Connect action>`; the request carries the call's status.
package enum AfterStream {
    /// What is known of the call here.
    package enum Known: Sendable, Equatable {
        /// It is here, and has been reconnected this often.
        case live(resumptions: Int)

        /// It is over here.
        case finished(CallOutcome)

        /// Nothing is known: another process had it, or it is long ago.
        case nothing
    }

    /// What to answer.
    package enum Decision: Sendable, Equatable {
        /// This document.
        case answer(TwiML)

        /// This document, and the call is over.
        case end(TwiML)

        /// A new stream for the same conversation.
        case resume

        /// A new stream and a new conversation, which counts this many streams already.
        case startOver(resumptions: Int)
    }

    /// Streams of one call that may be lost and replaced; then it is given up.
    package static let maximumResumptions = 3

    /// Statuses after which there is no call any more.
    private static let finalStatuses: Set<String> = ["completed", "busy", "failed", "no-answer", "canceled"]

    /// Whether a status means that the call is over.
    package static func isFinal(status: String?) -> Bool {
        status.map(finalStatuses.contains) ?? false
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - status: the request's `CallStatus`; nil counts as in progress.
    ///   - known: what is known of the call.
    /// - Returns: what to answer.
    package static func decide(status: String?, known: Known) -> Decision {
        if isFinal(status: status) {
            if case .live = known { return .end(.empty) }
            return .answer(.empty)
        }
        switch known {
        case .live(let resumptions): return resumptions < maximumResumptions ? .resume : .end(.hangUp)
        case .finished(.transferred(let destination)): return .answer(.dial(destination))
        case .finished(.hungUp): return .answer(.hangUp)
        case .finished(.over): return .answer(.empty)
        case .finished(.lost(let resumptions)):
            return resumptions < maximumResumptions ? .startOver(resumptions: resumptions + 1) : .answer(.hangUp)
        case .nothing: return .startOver(resumptions: 0)
        }
    }
}

extension AfterStream.Decision {
    /// The decision in a word, for the log.
    package var word: String {
        switch self {
        case .answer: "answer"
        case .end: "end"
        case .resume: "resume"
        case .startOver: "start over"
        }
    }
}
