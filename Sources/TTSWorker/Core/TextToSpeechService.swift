internal import DeepgramConnection
package import JSONText
package import Logging
package import NIOCore
package import Observability
internal import ServiceRuntime
internal import Synchronization
package import WorkerProtocol
package import WorkerRuntime

/// The text-to-speech worker: speaks replies at Deepgram, one connection a call, kept for the whole of it.
package final class TextToSpeechService: WorkerService {
    /// The job of this worker.
    package let role = WorkerRole.tts

    private let deepgram: DeepgramService
    private let timings: SpeakTimings
    /// Written once by `start`, before any session.
    private let metrics = Mutex<SpeechMetrics?>(nil)

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - environment: where base URLs and credentials are looked up.
    ///   - timings: times and sizes.
    ///   - release: the software's release, told to the provider.
    package init(
        environment: Environment = .process,
        timings: SpeakTimings = SpeakTimings(),
        release: String = Release.version
    ) {
        deepgram = DeepgramService(
            job: "text-to-speech",
            addressVariable: "DEEPGRAM_TTS_BASE_URL",
            environment: environment,
            release: release
        )
        self.timings = timings
    }

    /// Registers metrics and reads the trust roots; says what is missing without giving up.
    package func start(on group: any EventLoopGroup, metrics: MetricsRegistry, logger: Logger) async throws {
        self.metrics.withLock { $0 = SpeechMetrics(registry: metrics) }
        deepgram.prepare(logger: logger)
    }

    /// Opens one call's speech; see `WorkerService`.
    package func openSession(
        control open: JSONValue,
        outbox: SessionOutbox
    ) throws(WorkerFailure) -> any WorkerSession {
        let settings = try TextToSpeechCommand.settings(of: open)
        try deepgram.check(provider: settings.provider)
        let query = try SpeakQuery(settings)
        let address = try deepgram.address(configured: settings.baseURL)
        let credentials = try deepgram.credentials()
        guard let metrics = metrics.withLock({ $0 }) else {
            throw WorkerFailure(.unavailable, detail: "the worker has not started")
        }
        let session = SpeechSession(
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
}
