internal import DeepgramConnection
package import JSONText
package import Logging
package import NIOCore
package import Observability
internal import ServiceRuntime
internal import Synchronization
internal import WebSocketTransport
package import WorkerProtocol
package import WorkerRuntime

/// The speech-to-text worker: transcribes callers' audio at Deepgram, one connection a call.
package final class SpeechToTextService: WorkerService {
    /// The job of this worker.
    package let role = WorkerRole.stt

    private let environment: Environment
    private let timings: ListenTimings
    private let release: String
    /// Written once by `start`, before any session.
    private let metrics = Mutex<TranscriptionMetrics?>(nil)

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - environment: where base URLs and credentials are looked up.
    ///   - timings: times and sizes.
    ///   - release: the software's release, told to the provider.
    package init(
        environment: Environment = .process,
        timings: ListenTimings = ListenTimings(),
        release: String = Release.version
    ) {
        self.environment = environment
        self.timings = timings
        self.release = release
    }

    /// Registers metrics and reads the trust roots; says what is missing without giving up.
    package func start(on group: any EventLoopGroup, metrics: MetricsRegistry, logger: Logger) async throws {
        self.metrics.withLock { $0 = TranscriptionMetrics(registry: metrics) }
        do {
            try WebSocketClient.prepareTLS()
        } catch {
            logger.warning("The trust roots for TLS cannot be read", metadata: ["error": "\(error)"])
        }
        do {
            _ = try DeepgramCredentials.load(environment: environment, release: release)
            _ = try DeepgramAddress(variable: Self.addressVariable, configured: nil, environment: environment)
        } catch {
            logger.warning("Sessions will be refused", metadata: error.logMetadata)
        }
    }

    /// Opens one call's transcription; see `WorkerService`.
    package func openSession(
        control open: JSONValue,
        outbox: SessionOutbox
    ) throws(WorkerFailure) -> any WorkerSession {
        let settings = try Self.settings(of: open)
        guard settings.provider == "deepgram" else {
            throw WorkerFailure(
                .rejected,
                isPermanent: true,
                detail: "unknown speech-to-text provider \"\(settings.provider)\"; allowed: deepgram"
            )
        }
        let query = try ListenQuery(settings)
        let address = try DeepgramAddress(
            variable: Self.addressVariable,
            configured: settings.baseURL,
            environment: environment
        )
        let credentials = try DeepgramCredentials.load(environment: environment, release: release)
        guard let metrics = metrics.withLock({ $0 }) else {
            throw WorkerFailure(.unavailable, detail: "the worker has not started")
        }
        let session = TranscriptionSession(
            outbox: outbox,
            url: query.url(at: address),
            credentials: credentials,
            timings: timings,
            metrics: metrics
        )
        session.start()
        return session
    }

    /// Does nothing: connections end with their sessions.
    package func stop() async {}

    private static let addressVariable = "DEEPGRAM_STT_BASE_URL"

    private static func settings(of open: JSONValue) throws(WorkerFailure) -> SpeechToTextSettings {
        do {
            if case .open(_, let settings) = try SpeechToTextCommand(json: open) { return settings }
            throw WorkerFailure(.protocolViolation, detail: "the first message of a session must be open")
        } catch let failure as WorkerFailure {
            throw failure
        } catch {
            throw WorkerFailure(.protocolViolation, detail: "\(error)")
        }
    }
}
