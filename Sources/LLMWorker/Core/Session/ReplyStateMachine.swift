package import WorkerProtocol

/// What one generation has reached, and what is to be done about what happens to it.
///
/// ```
/// asking ── request failed, worth it, nothing spoken, first time ──▶ pausing ── pause over ──▶ asking
/// asking ── text or progress ──▶ asking (useful)
/// any but over ── finished, failed, deadline passed, cancelled ──▶ over
/// ```
/// Once over, nothing that still arrives has any effect: a cancelled generation is silent after its end.
package struct ReplyStateMachine: Sendable {
    /// What the caller must do.
    package enum Action: Equatable, Sendable {
        /// Nothing.
        case none

        /// Send these words to the gateway at once.
        case speak(String)

        /// Tell the gateway of this tool call.
        case callTool(ModelToolCall)

        /// Close the request if it is still open for more than bookkeeping, and tell the gateway the end.
        case end(LanguageModelEvent.StopReason)

        /// Close the request and tell the gateway of the failure.
        case fail(WorkerFailure)

        /// Close the request, wait a moment and then tell `pauseEnded`.
        case pause

        /// Send the request.
        case ask
    }

    /// Which deadline a generation is held to.
    package enum Deadline: Equatable, Sendable {
        /// The first useful output since the generation was asked for, over all attempts.
        case firstOutput

        /// The next useful output since the last.
        case nextOutput
    }

    private enum State: Equatable {
        case idle
        case asking
        case pausing
        case over
    }

    /// The longest a provider may ask to wait for the wait to be worth it while a caller holds the line, milliseconds.
    package static let maximumRetryAfterMilliseconds = 250

    private let provider: String
    private var state = State.idle
    private var mayRetry = true
    private var hasOutput = false
    private var hasSpoken = false

    /// A generation not asked for yet.
    ///
    /// - Parameter provider: The provider's name, for failures.
    package init(provider: String) {
        self.provider = provider
    }

    /// Whether the generation has ended, one way or the other.
    package var isOver: Bool { state == .over }

    /// The deadline in force.
    package var deadline: Deadline { hasOutput ? .nextOutput : .firstOutput }

    /// The generation begins.
    package mutating func started() -> Action {
        guard state == .idle else { return .none }
        state = .asking
        return .ask
    }

    /// The provider's stream said something.
    package mutating func received(_ event: ReplyEvent) -> Action {
        guard state == .asking else { return .none }
        switch event {
        case .progress:
            hasOutput = true
            return .none
        case .text(let text):
            hasOutput = true
            hasSpoken = true
            return .speak(text)
        case .toolCall(let call):
            hasOutput = true
            hasSpoken = true
            return .callTool(call)
        case .finished(let reason):
            state = .over
            return .end(reason)
        case .failed(let failure):
            return requestFailed(failure)
        }
    }

    /// The request was refused, or broke.
    package mutating func requestFailed(_ failure: ProviderFailure) -> Action {
        guard state == .asking else { return .none }
        let wait = failure.failure.retryAfterMilliseconds ?? 0
        guard failure.isWorthQuickRetry, !failure.failure.isPermanent, mayRetry, !hasSpoken,
            wait <= Self.maximumRetryAfterMilliseconds
        else {
            state = .over
            return .fail(failure.failure)
        }
        mayRetry = false
        state = .pausing
        return .pause
    }

    /// The pause before the second attempt is over.
    package mutating func pauseEnded() -> Action {
        guard state == .pausing else { return .none }
        state = .asking
        return .ask
    }

    /// The deadline in force has passed.
    package mutating func deadlinePassed(milliseconds: Int64) -> Action {
        guard state != .over else { return .none }
        let what = hasOutput ? "nothing more" : "nothing"
        state = .over
        return .fail(
            WorkerFailure(.timedOut, detail: "\(provider) said \(what) within \(milliseconds) ms", provider: provider)
        )
    }

    /// The whole reply has taken longer than any reply may.
    package mutating func limitPassed(milliseconds: Int64) -> Action {
        guard state != .over else { return .none }
        state = .over
        return .fail(
            WorkerFailure(.timedOut, detail: "\(provider) was not done in \(milliseconds) ms", provider: provider)
        )
    }

    /// The gateway does not want it any more.
    package mutating func cancelled() -> Action {
        guard state != .over else { return .none }
        state = .over
        return .end(.cancelled)
    }
}
