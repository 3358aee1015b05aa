internal import HTTPServing
internal import Logging
internal import NIOCore
internal import NIOPosix
package import Observability

/// The main that all processes share.
///
/// Logging, limits, event loops, signals, the service manager: everything that is not the service itself. Nothing here
/// or in a service may start another program: sockets of event loops are not close-on-exec.
package enum ServiceProcess {
    /// The part of ``Readiness`` that stands for the process's own start and stop.
    static let readinessPart = "process"

    /// How much longer the service manager is asked to wait at a time while the process drains.
    private static let drainExtensionMilliseconds = 5_000

    /// Runs a service until it is told to stop.
    ///
    /// SIGTERM and SIGINT drain it, for `options.drainSeconds` at most, and a second one cuts the draining short; SIGHUP
    /// reloads.
    ///
    /// - Parameters:
    ///   - name: the role of the process, for logs: `gateway`, `stt`.
    ///   - options: how it is run.
    ///   - environment: where the service manager's variables are looked up.
    ///   - signals: in place of the process's own signals; tests drive a service with it.
    ///   - body: starts the service; what it throws ends the process, a ``StartupFailure`` with its own exit code.
    /// - Returns: the exit code of the process.
    package static func run(
        name: String,
        options: ServiceOptions,
        environment: Environment = .process,
        signals: AsyncStream<ServiceSignal>? = nil,
        body: @Sendable (ServiceContext) async throws -> any RunningService
    ) async -> Int32 {
        // Before any thread of ours: this clears variables of the environment.
        let descriptors = signals == nil ? ListenDescriptors.take() : [:]
        let logger = LogBootstrap.start(
            role: name,
            instance: options.instance,
            format: options.logFormat,
            level: options.logLevel,
            showsSensitive: options.showsSensitive,
            environment: environment
        )
        if signals == nil {
            CoreDumps.disable()
            FileDescriptorLimit.raise()
        }
        var trapped: Task<Void, Never>?
        let stream: AsyncStream<ServiceSignal>
        if let signals {
            stream = signals
        } else {
            (stream, trapped) = await ServiceSignals.trap()
        }
        defer { trapped?.cancel() }

        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.eventLoops))
        let context = ServiceContext(
            group: group,
            logger: logger,
            metrics: MetricsRegistry(),
            readiness: Readiness(),
            notifier: ServiceManagerNotifier(environment: environment),
            descriptors: descriptors,
            environment: environment
        )
        ProcessMetrics.register(in: context.metrics)
        let code = await serve(context, options: options, signals: stream, body: body)
        do {
            try await group.shutdownGracefully()
        } catch {
            logger.error("Event loops did not shut down", error: error)
        }
        return code.rawValue
    }

    private static func serve(
        _ context: ServiceContext,
        options: ServiceOptions,
        signals: AsyncStream<ServiceSignal>,
        body: @Sendable (ServiceContext) async throws -> any RunningService
    ) async -> ExitCode {
        context.readiness.add(readinessPart)
        let admin: AdminServer?
        let service: any RunningService
        do {
            admin = try await startAdmin(context, options: options)
            do {
                service = try await body(context)
            } catch {
                await admin?.stop()
                throw error
            }
        } catch {
            let failure = error as? StartupFailure ?? StartupFailure(.unavailable, String(describing: error))
            context.logger.critical("The process cannot start", metadata: ["reason": "\(failure.description)"])
            context.notifier.status("Cannot start: \(failure.description)")
            return failure.exitCode
        }
        context.readiness.set(readinessPart, isReady: true)
        await withDiscardingTaskGroup { group in
            context.readiness.observe { [notifier = context.notifier] isReady in
                if isReady { notifier.ready(status: service.status) }
            }
            group.addTask { await Housekeeping(context: context, service: service).run() }
            context.logger.info("Started")
            await serveUntilTold(service, context: context, signals: signals)
            context.logger.info("Stopping", metadata: ["status": "\(service.status)"])
            context.readiness.set(readinessPart, isReady: false, note: "stopping")
            context.notifier.stopping(status: service.status)
            await drain(service, context: context, seconds: options.drainSeconds, signals: signals)
            await service.stop()
            group.cancelAll()
        }
        await admin?.stop()
        context.logger.info("Stopped")
        return .success
    }

    private static func startAdmin(_ context: ServiceContext, options: ServiceOptions) async throws -> AdminServer? {
        let inherited = context.descriptors["admin"].map { ListenAddress.descriptor($0) }
        guard let address = inherited ?? options.admin else { return nil }
        let endpoints = AdminEndpoints(metrics: context.metrics, readiness: context.readiness)
        return try await AdminServer.start(on: address, group: context.group, endpoints: endpoints)
    }

    /// Reloads as often as asked; returns when told to end, or when no signal can come any more.
    private static func serveUntilTold(
        _ service: any RunningService,
        context: ServiceContext,
        signals: AsyncStream<ServiceSignal>
    ) async {
        for await signal in signals {
            switch signal {
            case .terminate: return
            case .reload:
                context.notifier.reloading()
                await service.reload()
                context.notifier.ready(status: service.status)
            }
        }
    }

    /// Waits for the work under way to end, for the drain time to pass, or for a second signal.
    private static func drain(
        _ service: any RunningService,
        context: ServiceContext,
        seconds: Int,
        signals: AsyncStream<ServiceSignal>
    ) async {
        let end = await withTaskGroup(of: String.self) { group in
            group.addTask {
                await service.drain()
                return "Drained"
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(seconds))
                return "The drain time is over"
            }
            group.addTask {
                while !Task.isCancelled {
                    context.notifier.extendTimeout(milliseconds: drainExtensionMilliseconds)
                    try? await Task.sleep(for: .milliseconds(drainExtensionMilliseconds / 2))
                }
                return ""
            }
            group.addTask {
                for await signal in signals where signal == .terminate { return "Told to stop at once" }
                // No signal can come any more: leave it to the others.
                try? await Task.sleep(for: .seconds(seconds))
                return "The drain time is over"
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? "Drained"
        }
        context.logger.info("\(end)", metadata: ["status": "\(service.status)"])
    }
}
