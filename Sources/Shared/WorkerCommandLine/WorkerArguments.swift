package import ArgumentParser
package import WorkerRuntime

/// The command line that all workers have in common.
package struct WorkerArguments: ParsableArguments {
    /// Becomes `WorkerOptions.socketPath`.
    @Option(help: "The Unix socket to listen on, unless systemd passes one.")
    package var socket: String

    /// Becomes `WorkerOptions.instance`.
    @Option(help: "The instance's name among the workers of its kind.")
    package var instance = "1"

    /// Becomes `WorkerOptions.capacity`.
    @Option(help: "Calls taken at once.")
    package var capacity = WorkerOptions.defaultCapacity

    /// Becomes `WorkerOptions.adminPath`.
    @Option(help: "The Unix socket of health and metrics.")
    package var admin: String?

    /// Becomes `WorkerOptions.logLevel`.
    @Option(help: "Lowest level logged: trace, debug, info, notice, warning, error or critical.")
    package var logLevel: String?

    /// Becomes `WorkerOptions.drainSeconds`.
    @Option(help: "How long calls may go on after the worker was told to stop, seconds.")
    package var drainSeconds = WorkerOptions.defaultDrainSeconds

    /// Arguments yet to be parsed.
    package init() {}

    /// Checks every value, so that a wrong one ends the process before it starts.
    package func validate() throws {
        _ = try options()
    }

    /// Runs a worker as it was asked for.
    ///
    /// - Parameter service: what the worker does.
    /// - Throws: always, with the exit code of the process.
    package func run(_ service: any WorkerService) async throws {
        throw ExitCode(await WorkerProcess.run(service, options: try options()))
    }

    private func options() throws -> WorkerOptions {
        do {
            return try WorkerOptions.parse(
                socket: socket,
                instance: instance,
                capacity: capacity,
                admin: admin,
                logLevel: logLevel,
                drainSeconds: drainSeconds
            )
        } catch {
            throw ValidationError(error.description)
        }
    }
}
