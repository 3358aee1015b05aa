internal import Glibc
internal import UnixSignals

/// What an operator or the service manager asks of a running process.
package enum ServiceSignal: Sendable, Equatable {
    /// End: SIGTERM or SIGINT. A second one ends without draining.
    case terminate

    /// Read the configuration again: SIGHUP.
    case reload
}

/// The signals of this process as a stream.
enum ServiceSignals {
    /// Most signals kept while nobody takes them; repeated ones say nothing new.
    private static let backlog = 16

    /// Traps the signals from now on, and ignores SIGPIPE: a closed peer is an error of a write, not of the process.
    ///
    /// - Returns: the signals, and the task that hands them on, which the caller cancels.
    static func trap() async -> (signals: AsyncStream<ServiceSignal>, task: Task<Void, Never>) {
        // Sets a disposition; no handler of ours runs in signal context.
        _ = signal(SIGPIPE, SIG_IGN)
        let trapped = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let (stream, continuation) = AsyncStream.makeStream(
            of: ServiceSignal.self,
            bufferingPolicy: .bufferingNewest(backlog)
        )
        let task = Task {
            for await signal in trapped {
                continuation.yield(signal == .sighup ? .reload : .terminate)
            }
            continuation.finish()
        }
        return (stream, task)
    }
}
