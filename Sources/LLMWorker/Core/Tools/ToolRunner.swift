package import AsyncHTTPClient
package import JSONText
package import Logging
package import NIOCore
import NIOPosix
import Synchronization
package import WorkerProtocol

/// Runs the tools of all sessions of the process.
///
/// A run is identified by its key: asked for again, by whatever session, it is not run again but answered with the first
/// run's outcome. A run once begun goes on when its session ends, so that a gateway that lost its link can ask again.
package final class ToolRunner: Sendable {
    private let client: HTTPClient
    private let secrets: ToolSecrets
    private let zones: SystemTimeZones
    private let wallClock: @Sendable () -> Int64
    private let ledger = Mutex(ToolLedger())

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - client: The process's client; its group has the loops that runs are asked for on.
    ///   - secrets: The values of names in headers.
    ///   - zones: For `current_time`.
    ///   - wallClock: Seconds since 1970.
    package init(
        client: HTTPClient,
        secrets: ToolSecrets,
        zones: SystemTimeZones = SystemTimeZones(),
        wallClock: @escaping @Sendable () -> Int64 = WallClock.secondsSinceEpoch
    ) {
        self.client = client
        self.secrets = secrets
        self.zones = zones
        self.wallClock = wallClock
    }

    /// Runs a tool, once for its key.
    ///
    /// - Parameters:
    ///   - name: The tool's name, as the model wrote it.
    ///   - input: What the model wants.
    ///   - key: The run's key.
    ///   - settings: The session's.
    ///   - eventLoop: The session's loop; the caller is on it.
    ///   - logger: Told why a tool cannot be used.
    /// - Returns: The outcome, on the loop; never fails.
    package func run(
        _ name: String,
        input: JSONValue,
        key: String,
        settings: LanguageModelSettings,
        on eventLoop: any EventLoop,
        logger: Logger
    ) -> EventLoopFuture<ToolOutcome> {
        switch ledger.withLock({ $0.claim(key, on: eventLoop) }) {
        case .known(let outcome):
            return outcome.hop(to: eventLoop)
        case .refused:
            return eventLoop.makeSucceededFuture(.error("Too many tools are running."))
        case .new(let promise):
            promise.futureResult.whenComplete { _ in
                self.ledger.withLock { $0.runEnded(key) }
            }
            begin(name, input: input, key: key, settings: settings, logger: logger, promise: promise)
            return promise.futureResult
        }
    }

    private func begin(
        _ name: String,
        input: JSONValue,
        key: String,
        settings: LanguageModelSettings,
        logger: Logger,
        promise: EventLoopPromise<ToolOutcome>
    ) {
        guard let tool = settings.tools.first(where: { $0.name == name }) else {
            return promise.succeed(.error("There is no such tool."))
        }
        guard let input = input.objectValue, !ToolInput.isMarkedInvalid(.object(input)) else {
            return promise.succeed(
                .error("The input was not a valid JSON object. Call the tool again with valid JSON.")
            )
        }
        switch tool.implementation {
        case .conversation:
            promise.succeed(.error("This tool is not run here."))
        case .currentTime:
            tellTime(settings.timeZone, promise: promise)
        case .http(let http):
            request(name, http, input: input, key: key, logger: logger, promise: promise)
        }
    }

    private func tellTime(_ zoneName: String, promise: EventLoopPromise<ToolOutcome>) {
        let zones = zones
        let now = wallClock()
        NIOThreadPool.singleton.runIfActive(eventLoop: promise.futureResult.eventLoop) {
            let zone = zones.zone(zoneName)
            let shown = zone == nil ? "UTC" : zoneName
            return ToolOutcome(CurrentTime.text(at: now, zone: shown, offset: zone?.offset(at: now) ?? .utc))
        }.recover { _ in
            ToolOutcome(CurrentTime.text(at: now, zone: "UTC", offset: .utc))
        }.cascade(to: promise)
    }

    private func request(
        _ name: String,
        _ tool: HTTPTool,
        input: JSONObject,
        key: String,
        logger: Logger,
        promise: EventLoopPromise<ToolOutcome>
    ) {
        do {
            let request = try HTTPToolRequest(
                tool: tool,
                input: input,
                idempotencyKey: key,
                secrets: { self.secrets.value($0) }
            )
            try HTTPToolRun.start(
                request,
                timeoutMilliseconds: tool.timeoutMilliseconds,
                client: client,
                on: promise.futureResult.eventLoop
            ) { promise.succeed($0) }
        } catch {
            let detail = (error as? HTTPToolRequest.Fault)?.detail ?? TransportFailure.describe(error)
            logger.error("tool cannot be used", metadata: ["tool": "\(name)", "error.detail": "\(detail)"])
            promise.succeed(.error("The tool cannot be used: it is not set up correctly."))
        }
    }
}
