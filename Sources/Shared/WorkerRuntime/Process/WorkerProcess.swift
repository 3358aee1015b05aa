/// The main of every worker.
package enum WorkerProcess {
    /// Runs a worker until it is told to stop.
    ///
    /// - Parameters:
    ///   - service: what the worker does.
    ///   - options: how it is run.
    /// - Returns: the exit code of the process.
    package static func run(_ service: any WorkerService, options: WorkerOptions) async -> Int32 {
        69
    }
}
