import Conversation
import Logging
import Observability

/// Turns the facts of one call into log entries, metrics and a line of timings for each turn.
struct CallFacts {
    private let metrics: GatewayMetrics
    private var trace: TurnTrace?

    init(metrics: GatewayMetrics) {
        self.metrics = metrics
    }

    /// Notes a fact.
    ///
    /// - Parameters:
    ///   - fact: the fact.
    ///   - now: nanoseconds of the loop's clock.
    ///   - origin: the call's beginning on the same clock.
    ///   - lastVoice: when the caller's voice was last in the audio, milliseconds since the call's beginning; nil when
    ///     it never was.
    ///   - logger: the call's.
    mutating func record(_ fact: Fact, at now: Int64, origin: Int64, lastVoice: Int64?, logger: Logger) {
        count(fact)
        follow(fact, at: now, origin: origin, lastVoice: lastVoice, logger: logger)
        log(fact, logger: logger)
    }

    /// The call holds nothing any more.
    mutating func callEnded(logger: Logger) {
        finishTrace(logger: logger)
    }

    private func count(_ fact: Fact) {
        switch fact {
        case .turnCommitted: metrics.turns.increment()
        case .interrupted(_, let cause, _): if cause != .stream { metrics.bargeIns.increment() }
        case .falseInterruption: metrics.falseInterruptions.increment()
        case .toolStarted: metrics.tools.increment()
        case .fillerSaid: metrics.fillers.increment()
        case .callEnded(let reason, _): metrics.callsEnded(CallEndWord(reason)).increment()
        default: break
        }
    }

    private mutating func follow(_ fact: Fact, at now: Int64, origin: Int64, lastVoice: Int64?, logger: Logger) {
        switch fact {
        case .turnCommitted(let turn, _, let cause, let lastSpeech):
            finishTrace(logger: logger)
            // The conversation knows when words came, which is after they were spoken; the audio knows better.
            let spoken = cause == .keys ? lastSpeech.milliseconds : min(lastSpeech.milliseconds, lastVoice ?? .max)
            trace = TurnTrace(turn: turn, lastSpeech: origin + spoken * 1_000_000, committed: now)
        case .replyRequested(let turn, _, _, _): note(turn, \.requested, now)
        case .firstToken(let turn, _): note(turn, \.firstToken, now)
        case .firstText(let turn, _): note(turn, \.firstText, now)
        case .firstAudio(let turn, _): note(turn, \.firstAudio, now)
        case .firstMedia(let turn, _): note(turn, \.firstMedia, now)
        case .firstHeard(let turn, _):
            note(turn, \.firstHeard, now)
            if trace?.turn == turn { finishTrace(logger: logger) }
        case .callEnded: finishTrace(logger: logger)
        default: break
        }
    }

    private mutating func note(_ turn: Int, _ step: WritableKeyPath<TurnTrace, Int64?>, _ now: Int64) {
        guard trace?.turn == turn, trace?[keyPath: step] == nil else { return }
        trace?[keyPath: step] = now
    }

    private mutating func finishTrace(logger: Logger) {
        guard let done = trace else { return }
        trace = nil
        var metadata: Logger.Metadata = ["turn": "\(done.turn)"]
        for (stage, nanoseconds) in done.stages {
            metrics.record(stage, nanoseconds: nanoseconds)
            metadata["\(stage.rawValue)_ms"] = "\(Self.milliseconds(nanoseconds))"
        }
        logger.info("turn timings", metadata: metadata)
    }

    /// Tenths of a millisecond are enough for a log.
    private static func milliseconds(_ nanoseconds: Int64) -> String {
        let tenths = nanoseconds / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }

    private func log(_ fact: Fact, logger: Logger) {
        switch fact {
        case .callStarted: logger.info("call started")
        case .turnCommitted(let turn, let text, let cause, _):
            logger.info(
                "caller said",
                metadata: ["turn": "\(turn)", "cause": "\(cause.word)", "text": .sensitive(text)]
            )
        case .backchannel(let text): logger.info("backchannel", metadata: ["text": .sensitive(text)])
        case .agentSaid(let turn, _, let text, let interrupted):
            logger.info(
                "agent said",
                metadata: ["turn": "\(turn)", "interrupted": "\(interrupted)", "text": .sensitive(text)]
            )
        case .replyFailed(let turn, _, let failure), .speechFailed(let turn, _, let failure):
            let what = if case .replyFailed = fact { "reply" } else { "speech" }
            logger.warning(
                "\(what) failed",
                metadata: ["turn": "\(turn)", "error.kind": "\(failure.kind)", "reason": "\(failure.detail)"]
            )
        case .interrupted(let turn, let cause, let heard):
            logger.info(
                "agent interrupted",
                metadata: ["turn": "\(turn)", "cause": "\(cause.rawValue)", "heard_ms": "\(heard)"]
            )
        case .falseInterruption(let turn): logger.info("false interruption", metadata: ["turn": "\(turn)"])
        case .toolStarted(let turn, _, let name):
            logger.info("tool started", metadata: ["turn": "\(turn)", "tool": "\(name)"])
        case .toolAnswered(let turn, let id, let outcome):
            logger.info(
                "tool answered",
                metadata: ["turn": "\(turn)", "tool.id": "\(id)", "outcome": "\(outcome.rawValue)"]
            )
        case .fillerSaid(let turn): logger.info("filler said", metadata: ["turn": "\(turn)"])
        case .noInput(let count): logger.info("caller is silent", metadata: ["count": "\(count)"])
        case .roleLost(let role, let failure):
            logger.warning(
                "role lost",
                metadata: [
                    "role": "\(role.rawValue)", "error.kind": "\(failure.kind)", "reason": "\(failure.detail)",
                    "permanent": "\(failure.isPermanent)",
                ]
            )
        case .roleRegained(let role, let away):
            logger.info("role regained", metadata: ["role": "\(role.rawValue)", "away_ms": "\(away)"])
        case .callEnded(let reason, let turns):
            logger.info("call ended", metadata: ["reason": "\(CallEndWord(reason).rawValue)", "turns": "\(turns)"])
        case .speechFinished(let turn, let generation, let confirmed):
            logger.debug(
                "speech finished",
                metadata: ["turn": "\(turn)", "generation": "\(generation)", "confirmed": "\(confirmed)"]
            )
        default: logger.trace("fact", metadata: ["fact": "\(fact)"])
        }
    }
}

extension TurnCause {
    /// The cause in a word, for the log.
    fileprivate var word: String {
        switch self {
        case .provider(let reason): reason.rawValue
        case .finalized: "finalized"
        case .backstop: "backstop"
        case .keys: "keys"
        }
    }
}
