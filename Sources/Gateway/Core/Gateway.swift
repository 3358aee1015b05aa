import Conversation
import HTTPServing
import Logging
import NIOCore
import Observability
import RequestSigning
import ServiceRuntime
import WorkerProtocol

/// The calls of one event loop, and everything they share.
///
/// Loop-bound: webhooks, media streams and worker links all live on the same loop, so nothing here is locked.
final class Gateway {
    /// The loop everything runs on.
    let eventLoop: any EventLoop

    /// The settings new calls get.
    private(set) var settings: GatewaySettings

    /// Checks Twilio's requests.
    private(set) var verifier: TwilioRequestVerifier

    let logger: Logger
    let metrics: GatewayMetrics
    let registry: MetricsRegistry
    let readiness: Readiness
    let timers: LoopTimers
    let pool: WorkerLinkPool
    let speeches: PreparedSpeechRenderer
    var calls: CallRegistry<CallSession>
    var tokens: StreamTokenRegistry

    private let unixTime: () -> Int64
    private var idlePromises: [EventLoopPromise<Void>] = []

    /// Outstanding stream tokens at most, for each call that may be up.
    private static let tokensPerCall = 8
    private static let minimumTokens = 1024

    /// Makes a gateway that does nothing until ``start()``; must be called on the loop.
    ///
    /// - Parameters:
    ///   - eventLoop: the loop.
    ///   - settings: checked settings.
    ///   - logger: the process's.
    ///   - registry: the process's metrics.
    ///   - readiness: gets a part for each role.
    ///   - unixTime: seconds of Unix time.
    init(
        eventLoop: any EventLoop,
        settings: GatewaySettings,
        logger: Logger,
        registry: MetricsRegistry,
        readiness: Readiness,
        unixTime: @escaping () -> Int64 = UnixTime.now
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.logger = logger
        self.registry = registry
        self.readiness = readiness
        self.unixTime = unixTime
        metrics = GatewayMetrics(registry: registry)
        verifier = TwilioRequestVerifier(settings: settings)
        timers = LoopTimers(eventLoop: eventLoop)
        pool = WorkerLinkPool(
            directory: WorkerSocketDirectory(path: settings.runDirectory),
            timers: timers,
            hello: Hello(role: "gateway", instance: "0", release: Release.version, capacity: 0, sessions: 0),
            settings: settings.times.links,
            logger: logger,
            metrics: metrics
        )
        speeches = PreparedSpeechRenderer(pool: pool, logger: logger)
        calls = CallRegistry(maximumCalls: settings.maximumCalls)
        tokens = StreamTokenRegistry(
            signer: StreamTokenSigner(key: RandomBytes.make(count: 32)),
            capacity: max(Self.minimumTokens, settings.maximumCalls * Self.tokensPerCall)
        )
    }

    /// Unix time, seconds.
    var now: Int64 { unixTime() }

    /// Begins to look for workers and to render the fixed sentences.
    func start() {
        for role in WorkerRole.allCases { readiness.add(role.rawValue, isRequired: false, note: "no worker") }
        pool.onChange = { [weak self] role, isUp in
            guard let self else { return }
            self.readiness.set(role.rawValue, isReady: isUp, note: isUp ? "" : "no worker")
            if role == .tts, isUp { self.speeches.workerAppeared() }
        }
        speeches.onStore = { [weak self] in
            guard let self else { return }
            self.metrics.preparedSpeeches.set(self.speeches.cache.count)
        }
        pool.start()
        orderSpeeches()
    }

    /// Uses other settings for the calls to come; the run directory stays.
    func apply(_ settings: GatewaySettings) {
        var settings = settings
        settings.runDirectory = self.settings.runDirectory
        self.settings = settings
        verifier = TwilioRequestVerifier(settings: settings)
        calls.maximumCalls = settings.maximumCalls
        orderSpeeches()
    }

    /// Greetings first: they are wanted first.
    private func orderSpeeches() {
        let agents = settings.agents.values.sorted { $0.name < $1.name }
        let orders = agents.map { agent in
            agent.preparedSpeeches.map { speech in
                PreparedSpeechRenderer.Order(text: agent.conversation.text(of: speech), voice: agent.textToSpeech)
            }
        }
        speeches.want(orders.compactMap(\.first) + orders.flatMap { $0.dropFirst() })
    }

    // MARK: - Stopping

    /// Refuses new calls from now on.
    func drain() {
        calls.isDraining = true
    }

    /// Succeeds when there are no calls, or nobody waits for that any more.
    func idle() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        if calls.count == 0 {
            promise.succeed()
        } else {
            idlePromises.append(promise)
        }
        return promise.futureResult
    }

    /// Ends everything.
    ///
    /// - Returns: succeeds when nothing will come back to the loop any more.
    @discardableResult
    func stop() -> EventLoopFuture<Void> {
        calls.isDraining = true
        for call in calls.calls { call.end(.shutDown) }
        speeches.stop()
        timers.stop()
        stopWaitingForIdle()
        return pool.stop()
    }

    /// Lets go of whoever waits for ``idle()``.
    func stopWaitingForIdle() {
        for promise in idlePromises { promise.succeed() }
        idlePromises.removeAll()
    }

    // MARK: - Calls

    /// Makes a call and opens its sessions.
    func makeCall(_ callSID: String, agent: AgentProfile, resumptions: Int = 0) -> CallSession {
        let context = CallContext(
            timers: timers,
            pool: pool,
            speeches: speeches,
            metrics: metrics,
            playback: settings.playback,
            times: settings.times,
            logger: logger
        )
        let call = CallSession(
            callSID: callSID,
            agent: agent,
            resumptions: resumptions,
            context: context,
            owner: self
        )
        calls.insert(call, callSID: callSID)
        metrics.callsAccepted.increment()
        metrics.callsLive.set(calls.count)
        call.prepare()
        return call
    }
}

extension Gateway: CallSessionOwner {
    func callEnded(_ call: CallSession, outcome: CallOutcome) {
        guard calls[call.callSID] === call else { return }
        calls.finish(call.callSID, outcome: outcome, now: timers.now)
        metrics.callsLive.set(calls.count)
        // The token of a stream that is late is still good: it makes the call anew.
        if case .lost = outcome {} else { tokens.forget(callSID: call.callSID) }
        if calls.count == 0 { stopWaitingForIdle() }
    }
}
