import AgentConfiguration
import HTTPServing
import Logging
import NIOCore
import Observability
package import ServiceRuntime
import WorkerProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The main of the gateway.
package enum GatewayProcess {
    /// Runs a gateway until it is told to stop.
    ///
    /// - Parameters:
    ///   - options: the command line.
    ///   - service: how the process is run; one event loop carries all calls.
    /// - Returns: the exit code of the process.
    package static func run(_ options: GatewayOptions, service: ServiceOptions) async -> Int32 {
        await run(options, service: service, environment: .process, signals: nil)
    }

    /// Runs a gateway with another environment and other signals than a real one; for tests.
    static func run(
        _ options: GatewayOptions,
        service: ServiceOptions,
        environment: Environment,
        signals: AsyncStream<ServiceSignal>?,
        started: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) async -> Int32 {
        await ServiceProcess.run(
            name: "gateway",
            options: service,
            environment: environment,
            signals: signals
        ) { context in
            let running = try await RunningGateway.start(options: options, context: context)
            started(running.port)
            return running
        }
    }
}

/// A gateway that answers calls.
struct RunningGateway: RunningService {
    /// Bytes of a webhook's form at most.
    private static let maximumBodyBytes = 65_536

    /// Connections beyond two for each call: webhooks, health checks.
    private static let spareConnections = 256

    private let gateway: NIOLoopBound<Gateway>
    private let server: HTTPServer
    private let admin: HTTPServer?
    private let options: GatewayOptions
    private let context: ServiceContext
    private let metrics: GatewayMetrics

    /// Reads the configuration, begins to look for workers, and listens.
    static func start(options: GatewayOptions, context: ServiceContext) async throws -> RunningGateway {
        let loaded = try LoadedGateway(options: options, environment: context.environment)
        let settings = loaded.settings
        let eventLoop = context.group.next()
        context.readiness.add("listener")
        let gateway = try await eventLoop.submit {
            let gateway = Gateway(
                eventLoop: eventLoop,
                settings: settings,
                logger: context.logger,
                registry: context.metrics,
                readiness: context.readiness
            )
            gateway.start()
            return NIOLoopBound(gateway, eventLoop: eventLoop)
        }.get()
        do {
            let server = try await listen(loaded, gateway, eventLoop, context)
            context.readiness.set("listener", isReady: true)
            context.logger.info(
                "Gateway listens",
                metadata: [
                    "address": "\(server.localAddress.map(String.init(describing:)) ?? "")",
                    "public_url": "\(settings.publicURL.origin)", "agents": "\(settings.agents.count)",
                    "checks_signature": "\(!settings.skipsSignature)",
                ]
            )
            return RunningGateway(
                gateway: gateway,
                server: server,
                admin: await startAdmin(settings, eventLoop, context),
                options: options,
                context: context,
                metrics: GatewayMetrics(registry: context.metrics)
            )
        } catch {
            try? await eventLoop.flatSubmit { gateway.value.stop() }.get()
            throw error
        }
    }

    private static func listen(
        _ loaded: LoadedGateway,
        _ gateway: NIOLoopBound<Gateway>,
        _ eventLoop: any EventLoop,
        _ context: ServiceContext
    ) async throws -> HTTPServer {
        let descriptor =
            context.descriptors["http"] ?? (context.descriptors.count == 1 ? context.descriptors.first?.value : nil)
        let address: ListenAddress =
            descriptor.map { .descriptor($0) } ?? .tcp(host: loaded.listen.host, port: loaded.listen.port)
        let limits = HTTPServerLimits(
            maximumHeaderBytes: loaded.settings.maximumHeaderBytes,
            maximumBodyBytes: maximumBodyBytes,
            requestTimeout: .seconds(Int64(loaded.settings.handshakeSeconds)),
            maximumConnections: loaded.settings.maximumCalls * 2 + spareConnections
        )
        let server: HTTPServer
        do {
            server = try await HTTPServer.start(on: address, group: eventLoop, limits: limits) { request, responder in
                gateway.value.handle(request, responder)
            }
        } catch {
            throw StartupFailure(.unavailable, "cannot listen on \(address): \(error)")
        }
        if loaded.settings.skipsSignature, server.localAddress?.ipAddress.map(LoopbackAddress.isLoopback) != true {
            await server.close()
            throw StartupFailure(
                .configuration,
                "--insecure-skip-signature is for loopback only, and the socket passed by the service manager is not"
            )
        }
        return server
    }

    /// The admin socket is a convenience: without it the gateway still answers calls.
    private static func startAdmin(
        _ settings: GatewaySettings,
        _ eventLoop: any EventLoop,
        _ context: ServiceContext
    ) async -> HTTPServer? {
        let directory = settings.runDirectory + "/admin"
        // The path is borrowed for the call; that the directory is there already is no fault.
        _ = unsafe mkdir(directory, 0o750)
        let path = directory + "/gateway-0.sock"
        do {
            return try await HTTPServer.start(on: .unix(path: path), group: eventLoop) { request, responder in
                HealthEndpoints.answer(
                    request,
                    responder,
                    readiness: context.readiness,
                    registry: context.metrics
                )
            }
        } catch {
            context.logger.warning("No admin socket", metadata: ["path": "\(path)", "error.kind": "\(error)"])
            return nil
        }
    }

    /// The TCP port it listens on.
    var port: Int { server.port }

    var status: String {
        let workers = ["stt": metrics.links(.stt), "llm": metrics.links(.llm), "tts": metrics.links(.tts)]
        let text = workers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.value)" }.joined(separator: ", ")
        return "Answering \(metrics.callsLive.value) calls; workers: \(text)"
    }

    func drain() async {
        context.readiness.set("listener", isReady: false, note: "draining")
        let idle = gateway.eventLoop.flatSubmit { [gateway] in
            gateway.value.drain()
            return gateway.value.idle()
        }
        await withTaskCancellationHandler {
            try? await idle.get()
        } onCancel: { [gateway] in
            gateway.eventLoop.execute { gateway.value.stopWaitingForIdle() }
        }
    }

    func stop() async {
        await server.stopAccepting()
        try? await gateway.eventLoop.flatSubmit { [gateway] in gateway.value.stop() }.get()
        await server.close()
        await admin?.close()
    }

    func reload() async {
        do {
            let settings = try LoadedGateway(options: options, environment: context.environment).settings
            try await gateway.eventLoop.submit { [gateway] in gateway.value.apply(settings) }.get()
            context.logger.info("Configuration reloaded", metadata: ["agents": "\(settings.agents.count)"])
        } catch {
            context.logger.error("Configuration not reloaded", metadata: ["reason": "\(error)"])
        }
    }
}
