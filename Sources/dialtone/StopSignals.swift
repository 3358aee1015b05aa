import UnixSignals

/// Ctrl-C and SIGTERM as something to wait for.
struct StopSignals: Sendable {
    private let signals: UnixSignalsSequence

    /// Takes both signals over from their default action, which would end the process before its children.
    init() async {
        signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    }

    /// Returns at the first signal, or when the task is cancelled.
    func wait() async {
        for await _ in signals { return }
    }
}
