import WorkerProtocol

/// What an error of a provider means for the gateway; which errors mean what, each provider's own table says.
struct ErrorVerdict {
    /// The kind of failure; a rejected request is never made again.
    var kind = WorkerFailure.Kind.protocolViolation

    /// Whether the very same request may well succeed a moment later.
    var isWorthQuickRetry = false

    /// Whether the provider's message may be shown.
    ///
    /// What a provider says about credentials may hold a part of them; what it says about a bad request is what an
    /// operator needs to see.
    var showsMessage = false

    /// Puts the verdict in words.
    ///
    /// - Parameters:
    ///   - detail: what happened, without a word of a credential.
    ///   - message: the provider's own words; may be empty.
    ///   - provider: the provider's name.
    ///   - status: the HTTP status, if it was that which failed.
    ///   - requestID: the provider's name for the request, if the error holds it.
    /// - Returns: what the session is told.
    func failure(
        _ detail: String,
        message: String,
        provider: String,
        status: Int?,
        requestID: String? = nil
    ) -> ProviderFailure {
        let words = showsMessage && !message.isEmpty ? ": " + ProviderResponse.printable(message) : ""
        return ProviderFailure(
            WorkerFailure(
                kind,
                isPermanent: kind == .rejected,
                detail: detail + words,
                provider: provider,
                status: status,
                requestID: requestID
            ),
            isWorthQuickRetry: isWorthQuickRetry
        )
    }
}
