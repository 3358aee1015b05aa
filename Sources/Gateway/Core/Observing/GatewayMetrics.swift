package import Observability
package import WorkerProtocol

/// The gateway's instruments, made once.
package struct GatewayMetrics: Sendable {
    /// Calls answered with a stream at the webhook.
    package let callsAccepted: Counter

    /// Calls refused at the webhook.
    package let callsRefused: Counter

    /// Calls there are now, from webhook to end.
    package let callsLive: Gauge

    /// Media streams there are now.
    package let streamsLive: Gauge

    /// Streams that were not admitted to a call.
    package let streamsRefused: Counter

    /// Streams that took the place of another of the same call.
    package let streamsReplaced: Counter

    /// Twilio requests with a missing or wrong signature.
    package let signatureFailures: Counter

    /// Messages on streams that could not be read.
    package let malformedMessages: Counter

    /// Binary messages on streams.
    package let binaryMessages: Counter

    /// The caller's turns.
    package let turns: Counter

    /// Interruptions of the agent by the caller.
    package let bargeIns: Counter

    /// Interruptions that turned out to be none.
    package let falseInterruptions: Counter

    /// Tools that were started.
    package let tools: Counter

    /// Fillers said into a silent line.
    package let fillers: Counter

    /// Bytes of agent audio dropped because too much was queued.
    package let playoutDropped: Counter

    /// Bytes of silence put in where the caller's audio had gaps.
    package let silenceInserted: Counter

    /// Bytes of caller audio dropped because a worker did not read.
    package let linkAudioDropped: Counter

    /// Fixed sentences held ready as audio.
    package let preparedSpeeches: Gauge

    private let endsByReason: [CallEndWord: Counter]
    private let stages: [LatencyStage: Histogram]
    private let linksByRole: [WorkerRole: Gauge]
    private let lossesByRole: [WorkerRole: Counter]

    /// Registers everything.
    package init(registry: MetricsRegistry) {
        callsAccepted = registry.counter("dialtone_calls_accepted_total", help: "Calls answered with a stream.")
        callsRefused = registry.counter("dialtone_calls_refused_total", help: "Calls refused at the webhook.")
        callsLive = registry.gauge("dialtone_calls_live", help: "Calls now, from webhook to end.")
        streamsLive = registry.gauge("dialtone_streams_live", help: "Media streams now.")
        streamsRefused = registry.counter("dialtone_streams_refused_total", help: "Media streams not admitted.")
        streamsReplaced = registry.counter("dialtone_streams_replaced_total", help: "Media streams superseded.")
        signatureFailures = registry.counter(
            "dialtone_signature_failures_total",
            help: "Twilio requests with a missing or wrong signature."
        )
        malformedMessages = registry.counter(
            "dialtone_stream_malformed_messages_total",
            help: "Stream messages that could not be read."
        )
        binaryMessages = registry.counter("dialtone_stream_binary_messages_total", help: "Binary stream messages.")
        turns = registry.counter("dialtone_turns_total", help: "Turns of callers.")
        bargeIns = registry.counter("dialtone_barge_ins_total", help: "Interruptions of the agent.")
        falseInterruptions = registry.counter(
            "dialtone_false_interruptions_total",
            help: "Interruptions that turned out to be none."
        )
        tools = registry.counter("dialtone_tools_started_total", help: "Tool calls started.")
        fillers = registry.counter("dialtone_fillers_total", help: "Fillers said into a silent line.")
        playoutDropped = registry.counter(
            "dialtone_playout_dropped_bytes_total",
            help: "Agent audio dropped because too much was queued."
        )
        silenceInserted = registry.counter(
            "dialtone_silence_inserted_bytes_total",
            help: "Silence put into gaps of the callers' audio."
        )
        linkAudioDropped = registry.counter(
            "dialtone_link_audio_dropped_bytes_total",
            help: "Caller audio dropped because a worker did not read."
        )
        preparedSpeeches = registry.gauge("dialtone_prepared_speeches", help: "Fixed sentences held as audio.")
        endsByReason = .init(
            uniqueKeysWithValues: CallEndWord.allCases.map { word in
                let counter = registry.counter(
                    "dialtone_calls_ended_total",
                    labels: ["reason": word.rawValue],
                    help: "Calls that ended, by reason."
                )
                return (word, counter)
            }
        )
        stages = .init(
            uniqueKeysWithValues: LatencyStage.allCases.map { stage in
                let histogram = registry.histogram(
                    "dialtone_turn_stage_milliseconds",
                    labels: ["stage": stage.rawValue],
                    help: "Time of one stage of a turn."
                )
                return (stage, histogram)
            }
        )
        linksByRole = .init(
            uniqueKeysWithValues: WorkerRole.allCases.map { role in
                (role, registry.gauge("dialtone_links_open", labels: ["role": role.rawValue], help: "Worker links up."))
            }
        )
        lossesByRole = .init(
            uniqueKeysWithValues: WorkerRole.allCases.map { role in
                let counter = registry.counter(
                    "dialtone_link_losses_total",
                    labels: ["role": role.rawValue],
                    help: "Worker links lost."
                )
                return (role, counter)
            }
        )
    }

    /// Open links of a role.
    package func links(_ role: WorkerRole) -> Gauge { linksByRole[role] ?? Gauge() }

    /// Lost links of a role.
    package func linkLosses(_ role: WorkerRole) -> Counter { lossesByRole[role] ?? Counter() }

    /// Calls that ended for a reason.
    package func callsEnded(_ reason: CallEndWord) -> Counter { endsByReason[reason] ?? Counter() }

    /// Notes how long one stage of a turn took.
    package func record(_ stage: LatencyStage, nanoseconds: Int64) {
        stages[stage]?.record(milliseconds: Double(nanoseconds) / 1_000_000)
    }
}
