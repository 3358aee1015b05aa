package import Logging
package import Observability
internal import WebSocketTransport
package import WorkerProtocol

/// One of Deepgram's services as its worker uses it: where it is, and what it is shown.
package struct DeepgramService: Sendable {
    private let job: String
    private let addressVariable: String
    private let environment: Environment
    private let release: String

    /// Describes a service.
    ///
    /// - Parameters:
    ///   - job: what it is asked for, such as `speech-to-text`.
    ///   - addressVariable: the environment variable of its base URL, such as `DEEPGRAM_STT_BASE_URL`.
    ///   - environment: where base URLs and credentials are looked up.
    ///   - release: the software's release, told to the provider.
    package init(job: String, addressVariable: String, environment: Environment, release: String) {
        self.job = job
        self.addressVariable = addressVariable
        self.environment = environment
        self.release = release
    }

    /// Reads the trust roots, and says what is missing without giving up.
    ///
    /// Called once, before the first session.
    package func prepare(logger: Logger) {
        do {
            try WebSocketClient.prepareTLS()
        } catch {
            logger.warning("The trust roots for TLS cannot be read", metadata: ["error": "\(error)"])
        }
        do {
            _ = try credentials()
            _ = try address(configured: nil)
        } catch {
            logger.warning("Sessions will be refused", metadata: error.logMetadata)
        }
    }

    /// Checks that a session's settings name this provider.
    ///
    /// - Throws: a permanent failure that says what is allowed.
    package func check(provider: String) throws(WorkerFailure) {
        guard provider == "deepgram" else {
            throw WorkerFailure(
                .rejected,
                isPermanent: true,
                detail: "unknown \(job) provider \"\(provider)\"; allowed: deepgram"
            )
        }
    }

    /// Where the service is for a session.
    ///
    /// - Parameter configured: the URL of the session's settings.
    /// - Returns: the address.
    /// - Throws: a permanent failure that says which source names an unusable URL, and why.
    package func address(configured: String?) throws(WorkerFailure) -> DeepgramAddress {
        try DeepgramAddress(variable: addressVariable, configured: configured, environment: environment)
    }

    /// What the service is shown.
    ///
    /// - Throws: a permanent failure if there is no key.
    package func credentials() throws(WorkerFailure) -> DeepgramCredentials {
        try DeepgramCredentials.load(environment: environment, release: release)
    }
}
