package import Observability
package import WorkerProtocol

/// What a worker shows Deepgram in each handshake.
package struct DeepgramCredentials: Sendable {
    private let key: Secret
    private let release: String

    /// Makes credentials of a key.
    ///
    /// - Parameters:
    ///   - key: an API key.
    ///   - release: the software's release, for the `User-Agent` header.
    package init(key: Secret, release: String) {
        self.key = key
        self.release = release
    }

    /// Finds the key among systemd's credentials and in the environment.
    ///
    /// - Parameters:
    ///   - environment: the worker's environment.
    ///   - release: the software's release.
    /// - Returns: the credentials.
    /// - Throws: a permanent failure if there is no `DEEPGRAM_API_KEY`.
    package static func load(environment: Environment = .process, release: String) throws(WorkerFailure) -> Self {
        guard let key = Credentials.load(["DEEPGRAM_API_KEY"], environment: environment) else {
            throw WorkerFailure(
                .rejected,
                isPermanent: true,
                detail: "DEEPGRAM_API_KEY is not set, neither as a credential nor in the environment",
                provider: "deepgram"
            )
        }
        return DeepgramCredentials(key: key, release: release)
    }

    /// The headers of a handshake; never to be logged.
    ///
    /// Deepgram, authentication: `Authorization: Token KEY`; a request without a `User-Agent` may be refused.
    var headers: [(String, String)] {
        [("Authorization", "Token " + key.reveal()), ("User-Agent", "dialtone/" + release)]
    }
}
