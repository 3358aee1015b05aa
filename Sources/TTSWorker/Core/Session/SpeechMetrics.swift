package import Observability
internal import WorkerProtocol

/// What the text-to-speech worker counts.
package struct SpeechMetrics: Sendable {
    /// Connections opened to the provider.
    package let connections: Counter
    /// Connections and attempts lost that were tried again.
    package let losses: Counter
    /// Connections replaced because they were old or used up.
    package let rotations: Counter
    /// Sessions that failed.
    package let sessionFailures: Counter
    /// Replies that failed.
    package let replyFailures: Counter
    /// Replies spoken to their end.
    package let replies: Counter
    /// Replies cancelled.
    package let cancellations: Counter
    /// Text sent again on a new connection.
    package let resends: Counter
    /// Characters sent to be spoken.
    package let characters: Counter
    /// Audio passed on, in bytes.
    package let audioBytes: Counter
    /// Audio of cancelled replies that was dropped, in bytes.
    package let discardedBytes: Counter
    /// From the first text sent to the first audio of a reply.
    package let firstAudio: Histogram

    /// Registers the metrics.
    ///
    /// - Parameter registry: the process's.
    package init(registry: MetricsRegistry) {
        connections = registry.counter("dialtone_tts_connections_total", help: "Connections opened to the provider.")
        losses = registry.counter(
            "dialtone_tts_connection_losses_total",
            help: "Connections and attempts that were lost and tried again."
        )
        rotations = registry.counter(
            "dialtone_tts_rotations_total",
            help: "Connections replaced because they were old or used up."
        )
        sessionFailures = registry.counter("dialtone_tts_session_failures_total", help: "Sessions that failed.")
        replyFailures = registry.counter("dialtone_tts_reply_failures_total", help: "Replies that failed.")
        replies = registry.counter("dialtone_tts_replies_total", help: "Replies spoken to their end.")
        cancellations = registry.counter("dialtone_tts_cancellations_total", help: "Replies cancelled.")
        resends = registry.counter("dialtone_tts_resends_total", help: "Replies sent again on a new connection.")
        characters = registry.counter("dialtone_tts_characters_total", help: "Characters sent to be spoken.")
        audioBytes = registry.counter("dialtone_tts_audio_bytes_total", help: "Audio passed on to the gateway.")
        discardedBytes = registry.counter(
            "dialtone_tts_discarded_bytes_total",
            help: "Audio of cancelled replies that was dropped."
        )
        firstAudio = registry.histogram(
            "dialtone_tts_first_audio_milliseconds",
            help: "From the first text sent to the first audio of a reply."
        )
    }

    func count(_ note: SpeakNote) {
        switch note {
        case .opened: connections.increment()
        case .lost: losses.increment()
        case .rotated: rotations.increment()
        case .firstAudio(let milliseconds): firstAudio.record(milliseconds: Double(milliseconds))
        case .resent: resends.increment()
        case .discarded(let bytes): discardedBytes.increment(by: bytes)
        case .clearTimedOut, .complaint, .unknownMessage, .malformedMessage: break
        }
    }

    func count(_ event: TextToSpeechEvent) {
        switch event {
        case .end(_, let isCancelled): (isCancelled ? cancellations : replies).increment()
        case .failed: replyFailures.increment()
        case .session(.failed): sessionFailures.increment()
        case .session, .begin, .segment: break
        }
    }
}
