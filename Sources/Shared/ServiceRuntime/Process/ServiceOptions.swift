package import HTTPServing
package import Logging
package import Observability

/// What every process of ours can be told.
package struct ServiceOptions: Sendable {
    /// Which one of its role the process is; empty if there is only one.
    package var instance = ""

    /// The lowest level that is logged.
    package var logLevel: Logger.Level = .info

    /// How log lines are written.
    package var logFormat: LogFormat = .auto

    /// Whether metadata marked sensitive is logged in clear.
    package var showsSensitive = false

    /// Where health and metrics are served; `nil` for nowhere, unless the service manager passes a socket named `admin`.
    package var admin: ListenAddress?

    /// Event loops; at least one.
    package var eventLoops = 1

    /// How long the work that is under way may go on after the process was told to stop, seconds.
    package var drainSeconds = 20

    /// The defaults of a process with one loop.
    package init() {}
}
