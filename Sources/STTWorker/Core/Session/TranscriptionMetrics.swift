package import Observability
package import WorkerProtocol

/// What the speech-to-text worker counts.
package struct TranscriptionMetrics: Sendable {
    /// Connections opened to the provider.
    package let connections: Counter
    /// Connections opened again within a session.
    package let reconnections: Counter
    /// Connections and attempts lost that were tried again.
    package let losses: Counter
    /// Sessions that failed.
    package let failures: Counter
    /// Caller audio dropped before it was sent, in bytes.
    package let droppedBytes: Counter
    /// KeepAlive messages sent.
    package let keepAlives: Counter
    /// Answers to Finalize that did not come in time.
    package let finalizeTimeouts: Counter
    /// Settled spans.
    package let finals: Counter
    /// Turns ended, by reason.
    package let turns: [EndOfTurnReason: Counter]

    /// Registers the metrics.
    ///
    /// - Parameter registry: the process's.
    package init(registry: MetricsRegistry) {
        connections = registry.counter("dialtone_stt_connections_total", help: "Connections opened to the provider.")
        reconnections = registry.counter(
            "dialtone_stt_reconnections_total",
            help: "Connections opened again within a session."
        )
        losses = registry.counter(
            "dialtone_stt_connection_losses_total",
            help: "Connections and attempts that were lost and tried again."
        )
        failures = registry.counter("dialtone_stt_session_failures_total", help: "Sessions that failed.")
        droppedBytes = registry.counter(
            "dialtone_stt_audio_dropped_bytes_total",
            help: "Caller audio dropped before it was sent."
        )
        keepAlives = registry.counter("dialtone_stt_keepalives_total", help: "KeepAlive messages sent.")
        finalizeTimeouts = registry.counter(
            "dialtone_stt_finalize_timeouts_total",
            help: "Answers to Finalize that did not come in time."
        )
        finals = registry.counter("dialtone_stt_finals_total", help: "Settled spans of transcript.")
        var turns: [EndOfTurnReason: Counter] = [:]
        for reason in EndOfTurnReason.allCases {
            turns[reason] = registry.counter(
                "dialtone_stt_turns_total",
                labels: ["reason": reason.rawValue],
                help: "Turns of callers that ended."
            )
        }
        self.turns = turns
    }

    func count(_ note: ListenNote) {
        switch note {
        case .opened(_, let isReplay):
            connections.increment()
            if isReplay { reconnections.increment() }
        case .lost: losses.increment()
        case .dropped(let bytes): droppedBytes.increment(by: Int(bytes))
        case .finalizeTimedOut: finalizeTimeouts.increment()
        case .complaint, .unknownMessage, .malformedMessage: break
        }
    }

    func count(_ event: SpeechToTextEvent) {
        switch event {
        case .final: finals.increment()
        case .endOfTurn(let reason): turns[reason]?.increment()
        case .session(.failed): failures.increment()
        case .session, .speechStarted, .interim: break
        }
    }
}
