package import Logging
package import NIOCore
package import Observability

/// What a process hands to the service it runs.
package struct ServiceContext: Sendable {
    /// The process's event loops; shut down after the service has stopped.
    package let group: any EventLoopGroup

    /// The process's logger.
    package let logger: Logger

    /// The process's metrics.
    package let metrics: MetricsRegistry

    /// Whether the process can do its work; the service adds its parts before its start returns.
    package let readiness: Readiness

    /// The way to the service manager.
    package let notifier: ServiceManagerNotifier

    /// Sockets from the service manager, by name.
    package let descriptors: [String: CInt]

    /// The environment the process reads its settings from.
    package let environment: Environment
}

/// A service that has started.
package protocol RunningService: Sendable {
    /// One line for the operator about what it is doing: `Serving 3 of 200 sessions on 1 link`.
    ///
    /// Asked for about once a second, from any thread.
    var status: String { get }

    /// Takes no new work, and returns when what is under way has ended.
    ///
    /// Must return soon when its task is cancelled: the drain time is over.
    func drain() async

    /// Ends what is still under way and lets go of everything.
    ///
    /// Called once, after ``drain()``.
    func stop() async

    /// Reads the configuration again; what is under way keeps the old one.
    ///
    /// A fault is logged by the service, which goes on with what it has. Does nothing unless implemented.
    func reload() async
}

extension RunningService {
    /// Does nothing.
    ///
    /// For services whose configuration comes with each call.
    package func reload() async {}
}
