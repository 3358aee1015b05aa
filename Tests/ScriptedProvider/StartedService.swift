internal import Logging
internal import NIOPosix
internal import Observability
package import WorkerRuntime

/// Starts a service as its process would, with metrics nobody reads and a log nobody keeps.
///
/// - Returns: the service.
package func started<Service: WorkerService>(_ service: Service) async throws -> Service {
    try await service.start(
        on: MultiThreadedEventLoopGroup.singleton,
        metrics: MetricsRegistry(),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    return service
}
