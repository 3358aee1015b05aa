internal import HTTPServing
internal import Logging
internal import NIOCore
internal import Observability
internal import ServiceRuntime
internal import WorkerProtocol

/// The main of every worker.
package enum WorkerProcess {
    /// Runs a worker until it is told to stop.
    ///
    /// Listens on the service manager's socket named `link`, or the only one it passes, else on `options.socketPath`.
    /// Told to stop, the worker takes no more links and sessions, says `draining` to the gateways, and ends when its last
    /// session has or the drain time is over.
    ///
    /// - Parameters:
    ///   - service: what the worker does.
    ///   - options: how it is run.
    /// - Returns: the exit code of the process.
    package static func run(_ service: any WorkerService, options: WorkerOptions) async -> Int32 {
        await run(service, options: options, settings: LinkSettings())
    }

    /// Runs a worker with other times, bounds, environment and signals than a real one; for tests.
    static func run(
        _ service: any WorkerService,
        options: WorkerOptions,
        settings: LinkSettings,
        environment: Environment = .process,
        signals: AsyncStream<ServiceSignal>? = nil,
        whenStarted: @Sendable () -> Void = {}
    ) async -> Int32 {
        var serviceOptions = ServiceOptions()
        serviceOptions.instance = options.instance
        serviceOptions.logLevel = options.logLevel
        serviceOptions.admin = options.adminPath.map { .unix(path: $0) }
        serviceOptions.drainSeconds = options.drainSeconds
        return await ServiceProcess.run(
            name: service.role.rawValue,
            options: serviceOptions,
            environment: environment,
            signals: signals
        ) { context in
            let worker = try await RunningWorker.start(service, options: options, settings: settings, context: context)
            whenStarted()
            return worker
        }
    }
}

/// A worker that serves links.
struct RunningWorker: RunningService {
    private let service: any WorkerService
    private let listener: LinkListener
    private let server: LinkServer
    private let admission: SessionAdmission

    /// Starts the service, then takes links.
    static func start(
        _ service: any WorkerService,
        options: WorkerOptions,
        settings: LinkSettings,
        context: ServiceContext
    ) async throws -> RunningWorker {
        let metrics = WorkerMetrics(context.metrics)
        context.metrics.gauge("dialtone_worker_capacity", help: "Sessions taken at once.").set(options.capacity)
        let admission = SessionAdmission(capacity: options.capacity, metrics: metrics)
        let server = LinkServer(
            environment: LinkEnvironment(
                service: service,
                instance: options.instance,
                release: Release.version,
                admission: admission,
                metrics: metrics,
                settings: settings,
                logger: context.logger
            )
        )
        context.readiness.add("listener")
        do {
            try await service.start(on: context.group, metrics: context.metrics, logger: context.logger)
            let descriptor = descriptor(in: context.descriptors)
            let listener = try await LinkListener.start(
                descriptor: descriptor,
                path: options.socketPath,
                bootstrap: server.bootstrap(on: context.group)
            )
            context.logger.info(
                "Listening for links",
                metadata: ["socket": "\(descriptor == nil ? options.socketPath : "from the service manager")"]
            )
            context.readiness.set("listener", isReady: true)
            return RunningWorker(service: service, listener: listener, server: server, admission: admission)
        } catch {
            await service.stop()
            throw error
        }
    }

    var status: String { server.status }

    func drain() async {
        // Sessions are refused before the path goes, so that a gateway that is just connecting is told, too.
        server.drain()
        await listener.stop()
        await admission.waitUntilEmpty()
    }

    func stop() async {
        await listener.stop()
        await server.close()
        await service.stop()
    }

    private static func descriptor(in descriptors: [String: CInt]) -> CInt? {
        descriptors["link"] ?? (descriptors.count == 1 && descriptors["admin"] == nil ? descriptors.first?.value : nil)
    }
}
