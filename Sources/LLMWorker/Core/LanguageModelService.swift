import AsyncHTTPClient
package import JSONText
package import Logging
package import NIOCore
package import Observability
import Synchronization
package import WorkerProtocol
package import WorkerRuntime

/// The language-model worker: one HTTP client, warm connections to the providers there are keys for, and the tools.
package final class LanguageModelService: WorkerService {
    /// The most provider connections kept warm at once.
    package static let maximumWarmers = 32

    /// How long a connection attempt may take.
    package static let connectTimeout = TimeAmount.seconds(3)

    /// How long an idle connection is kept; longer than the warming interval.
    package static let idleTimeout = TimeAmount.seconds(300)

    /// The most HTTP/1.1 connections kept to one server and loop; HTTP/2 needs one.
    package static let maximumConnections = 512

    private struct WarmKey: Hashable {
        var provider: String
        var url: ServiceURL
        var loop: ObjectIdentifier
    }

    private struct Running {
        var client: HTTPClient
        var tools: ToolRunner
        var metrics: [String: ReplyMetrics]
        var reachable: [String: Gauge]
        var logger: Logger
        var warmers: [WarmKey: ConnectionWarmer] = [:]
    }

    private let options: LanguageModelOptions
    private let running = Mutex<Running?>(nil)

    /// Makes the service; nothing happens before ``start(on:metrics:logger:)``.
    package init(options: LanguageModelOptions = LanguageModelOptions()) {
        self.options = options
    }

    /// The job: language model and tools.
    package var role: WorkerRole { .llm }

    /// Makes the client and begins to warm the providers there are keys for; waits for none of them.
    ///
    /// A provider whose base URL cannot be used is logged, and refused when a session wants it.
    package func start(on group: any EventLoopGroup, metrics: MetricsRegistry, logger: Logger) async throws {
        let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: Self.configuration)
        let names = [AnthropicProvider.name, OpenAIProvider.name]
        var running = Running(
            client: client,
            tools: ToolRunner(
                client: client,
                secrets: ToolSecrets(environment: options.environment),
                zones: SystemTimeZones(directory: options.environment["TZDIR"] ?? SystemTimeZones.defaultDirectory),
                wallClock: options.wallClock
            ),
            metrics: [:],
            reachable: [:],
            logger: logger
        )
        for name in names {
            running.metrics[name] = ReplyMetrics(provider: name, registry: metrics)
            running.reachable[name] = metrics.gauge(
                "dialtone_llm_provider_reachable",
                labels: ["provider": name],
                help: "1 if the last request that keeps the connection open was answered"
            )
        }
        self.running.withLock { $0 = running }
        if options.anthropicKey == nil && options.openAIKey == nil {
            logger.error("no key for any language-model provider; every session will be refused")
        }
        for name in names {
            var settings = LanguageModelSettings()
            settings.provider = name
            guard (name == AnthropicProvider.name ? options.anthropicKey : options.openAIKey) != nil else { continue }
            do throws(WorkerFailure) {
                let choice = try ProviderChoice(settings: settings, options: options)
                for loop in group.makeIterator() { warm(choice, on: loop) }
            } catch {
                logger.error("provider cannot be used", metadata: ["error.detail": "\(error.detail)"])
            }
        }
    }

    /// Opens a session, if its provider is known, has a key and an allowed URL.
    ///
    /// Nothing is asked of the provider yet, but a connection to it is opened if there is none.
    package func openSession(control open: JSONValue, outbox: SessionOutbox) throws(WorkerFailure) -> any WorkerSession
    {
        let settings = try LanguageModelCommand.settings(of: open)
        let choice = try ProviderChoice(settings: settings, options: options)
        let resources = running.withLock { running in
            running.map { (client: $0.client, tools: $0.tools, metrics: $0.metrics[choice.provider.name]) }
        }
        guard let resources, let metrics = resources.metrics else {
            throw WorkerFailure(.unavailable, detail: "the worker is not running")
        }
        warm(choice, on: outbox.eventLoop)
        let session = LanguageModelSession(
            settings: settings,
            context: LanguageModelSession.Context(
                provider: choice.provider,
                key: choice.key,
                client: resources.client,
                tools: resources.tools,
                timing: options.timing,
                metrics: metrics,
                wallClock: options.wallClock
            ),
            outbox: outbox
        )
        session.open()
        return session
    }

    /// Closes all connections.
    ///
    /// Tools that are still running are cut off.
    package func stop() async {
        let running = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let running else { return }
        for warmer in running.warmers.values { warmer.stop() }
        do {
            try await running.client.shutdown()
        } catch {
            running.logger.info("HTTP client did not shut down cleanly", metadata: ["error.detail": "\(error)"])
        }
    }

    /// Keeps a connection open from now on, unless one already is.
    private func warm(_ choice: ProviderChoice, on loop: any EventLoop) {
        let provider = choice.provider
        let key = WarmKey(provider: provider.name, url: provider.baseURL, loop: ObjectIdentifier(loop))
        let warmer = running.withLock { running -> ConnectionWarmer? in
            guard let state = running, state.warmers[key] == nil, state.warmers.count < Self.maximumWarmers,
                let gauge = state.reachable[provider.name]
            else { return nil }
            let warmer = ConnectionWarmer(
                choice,
                client: state.client,
                on: loop,
                interval: options.warmingInterval,
                reachable: gauge,
                logger: state.logger
            )
            running?.warmers[key] = warmer
            return warmer
        }
        warmer?.start()
    }

    /// Connections fail at once rather than being tried again for seconds: a caller is waiting, and the one quick retry
    /// of a request is made by the session.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: connectTimeout)
        configuration.connectionPool = .init(
            idleTimeout: idleTimeout,
            concurrentHTTP1ConnectionsPerHostSoftLimit: maximumConnections
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .automatic
        return configuration
    }
}
