package import JSONText
package import Logging
package import NIOCore
package import Observability
package import WorkerProtocol

/// What a worker process provides; everything else is the runtime's.
package protocol WorkerService: Sendable {
    /// The job this worker does.
    var role: WorkerRole { get }

    /// Prepares the service before its socket takes links.
    ///
    /// Warms connections, registers metrics, reads credentials. It must not wait for a provider: a worker stays up in a
    /// provider's outage. A throw ends the process; throw a `StartupFailure` to choose the exit code.
    func start(on group: any EventLoopGroup, metrics: MetricsRegistry, logger: Logger) async throws

    /// Opens one call's session.
    ///
    /// Runs on the loop of the session's link, `outbox.eventLoop`, and must not block. The session itself sends
    /// `opened` once it can be used, now or later, and a last message before ``SessionOutbox/finish()``.
    ///
    /// - Parameters:
    ///   - open: the role's `open` message.
    ///   - outbox: the way to the gateway; kept by the session.
    /// - Returns: the session.
    /// - Throws: why the session is refused; the runtime sends `refused` with it.
    func openSession(control open: JSONValue, outbox: SessionOutbox) throws(WorkerFailure) -> any WorkerSession

    /// Lets go of everything after the last session has ended.
    ///
    /// Called once, also after a `start` that threw.
    func stop() async
}
