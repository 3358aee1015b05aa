package import WorkerProtocol

/// A failure of a request to a provider, and whether asking once more right away makes sense.
package struct ProviderFailure: Error, Equatable, Sendable {
    /// What the gateway is told when it is not asked again.
    package var failure: WorkerFailure

    /// Whether the very same request may well succeed a moment later: a dropped connection, an internal error of theirs.
    ///
    /// Never for credentials or bad requests, and not for a provider that is overloaded: asking it again at once makes
    /// that worse, and a caller is waiting.
    package var isWorthQuickRetry: Bool

    /// Makes a failure.
    package init(_ failure: WorkerFailure, isWorthQuickRetry: Bool = false) {
        self.failure = failure
        self.isWorthQuickRetry = isWorthQuickRetry
    }

    /// The provider could not be reached, or cut the connection.
    package static func transport(_ detail: String, provider: String) -> ProviderFailure {
        ProviderFailure(WorkerFailure(.unavailable, detail: detail, provider: provider), isWorthQuickRetry: true)
    }

    /// The stream ended before the reply was complete.
    package static func truncated(provider: String) -> ProviderFailure {
        transport("\(provider) ended the stream before the reply was complete", provider: provider)
    }

    /// The provider said something its protocol does not allow.
    package static func violation(_ what: String, provider: String) -> ProviderFailure {
        ProviderFailure(
            WorkerFailure(.protocolViolation, detail: "\(provider) sent \(what)", provider: provider),
            isWorthQuickRetry: true
        )
    }
}
