package import Logging
package import NIOCore
import NIOPosix
import Observability
package import WorkerProtocol

/// All the links of one event loop: finds the workers of the host, keeps one link to each, and chooses among them.
///
/// Loop-bound. The run directory is looked at every 250 ms on a thread of its own, so a new instance is found by its
/// socket without anything being restarted.
package final class WorkerLinkPool {
    /// The times of a pool and its links.
    package struct Settings: Sendable, Equatable {
        /// Between looks at the run directory, milliseconds.
        package var scanInterval: Int64 = 250

        /// The times of a link.
        package var link = WorkerLinkStateMachine.Settings()

        /// The bounds of what waits when a worker does not read.
        package var stalled = StalledFrames.Limits()

        /// The waits and bounds of a session.
        package var session = RoleSession.Limits()

        /// The times used in production.
        package init() {}
    }

    /// The loop's timers.
    package let timers: LoopTimers

    /// The times of the pool.
    package let settings: Settings

    /// Called when a role has gained its first link or lost its last.
    package var onChange: ((WorkerRole, _ isUp: Bool) -> Void)?

    private let directory: WorkerSocketDirectory
    private let hello: Hello
    private let logger: Logger
    private let metrics: GatewayMetrics
    private var generator: any RandomNumberGenerator
    private var links: [WorkerRole: [String: WorkerLink]] = [:]
    private var waiting: [WorkerRole: [RoleSession]] = [:]
    private var scanTimer: Scheduled<Void>?
    private var scanUnderWay: EventLoopFuture<[WorkerSocket]>?
    private var isStopped = false

    /// Makes a pool that does nothing until ``start()``.
    ///
    /// - Parameters:
    ///   - directory: where the workers' sockets are.
    ///   - timers: the loop's timers.
    ///   - hello: what this side says first on each link.
    ///   - settings: the times.
    ///   - generator: where jitter comes from.
    ///   - logger: gets changes of links.
    ///   - metrics: counts them.
    package init(
        directory: WorkerSocketDirectory,
        timers: LoopTimers,
        hello: Hello,
        settings: Settings = Settings(),
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator(),
        logger: Logger,
        metrics: GatewayMetrics
    ) {
        self.directory = directory
        self.timers = timers
        self.hello = hello
        self.settings = settings
        self.generator = generator
        self.logger = logger
        self.metrics = metrics
    }

    /// Begins to look for workers.
    package func start() {
        scan()
    }

    /// Ends all links; their sessions are lost.
    ///
    /// - Returns: succeeds when nothing of the pool will come back to the loop any more.
    @discardableResult
    package func stop() -> EventLoopFuture<Void> {
        isStopped = true
        scanTimer?.cancel()
        for link in links.values.flatMap(\.values) { link.stop() }
        links.removeAll()
        waiting.removeAll()
        return scanUnderWay?.map { _ in }.recover { _ in } ?? timers.eventLoop.makeSucceededVoidFuture()
    }

    /// Links over which sessions of a role can be opened.
    package func openLinks(_ role: WorkerRole) -> Int {
        links[role]?.values.count(where: \.isOpen) ?? 0
    }

    /// The link with room that has the least of our sessions for its capacity; ties go to the first by name.
    package func leastLoaded(_ role: WorkerRole, excluding tried: Set<String>) -> WorkerLink? {
        guard let candidates = links[role] else { return nil }
        return candidates.filter { $0.value.hasRoom && !tried.contains($0.key) }
            .min { ($0.value.load, $0.key) < ($1.value.load, $1.key) }?
            .value
    }

    // MARK: - Sessions that wait

    func wait(_ session: RoleSession) {
        waiting[session.role, default: []].append(session)
    }

    func stopWaiting(_ session: RoleSession) {
        waiting[session.role]?.removeAll { $0 === session }
    }

    private func wakeWaiting(_ role: WorkerRole) {
        for session in waiting[role] ?? [] { session.linkAvailable() }
    }

    // MARK: - Discovery

    private func scan() {
        let directory = directory
        let scan = NIOThreadPool.singleton.runIfActive(eventLoop: timers.eventLoop) { directory.scan() }
        scanUnderWay = scan
        scan.assumeIsolated().whenComplete { [weak self] result in
            guard let self, !self.isStopped else { return }
            if case .success(let sockets) = result { self.found(sockets) }
            let interval = TimeAmount.milliseconds(self.settings.scanInterval)
            self.scanTimer = self.timers.eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
                self?.scan()
            }
        }
    }

    private func found(_ sockets: [WorkerSocket]) {
        for socket in sockets {
            if let link = links[socket.role]?[socket.instance] {
                if link.socket != socket { link.socketReplaced(by: socket) }
            } else {
                add(socket)
            }
        }
        for (role, instances) in links {
            for (instance, link) in instances where !link.isConnected {
                guard !sockets.contains(where: { $0.role == role && $0.instance == instance }) else { continue }
                link.stop()
                links[role]?[instance] = nil
                logger.info("worker is gone", metadata: ["worker": "\(role.rawValue)/\(instance)"])
            }
        }
    }

    private func add(_ socket: WorkerSocket) {
        let link = WorkerLink(
            socket: socket,
            eventLoop: timers.eventLoop,
            hello: hello,
            settings: settings.link,
            stalledLimits: settings.stalled,
            generator: SplitMix64(seed: generator.next()),
            logger: logger,
            owner: self
        )
        links[socket.role, default: [:]][socket.instance] = link
        link.start()
    }
}

extension WorkerLinkPool: WorkerLinkOwner {
    package func linkOpened(_ link: WorkerLink) {
        let role = link.socket.role
        let open = openLinks(role)
        metrics.links(role).set(open)
        if open == 1 { onChange?(role, true) }
        wakeWaiting(role)
    }

    package func link(_ link: WorkerLink, droppedAudioBytes bytes: Int) {
        metrics.linkAudioDropped.increment(by: bytes)
    }

    package func linkUnavailable(_ link: WorkerLink, failure: WorkerFailure?) {
        let role = link.socket.role
        let open = openLinks(role)
        metrics.links(role).set(open)
        if failure != nil { metrics.linkLosses(role).increment() }
        if open == 0 { onChange?(role, false) }
    }
}
