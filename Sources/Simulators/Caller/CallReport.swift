package import JSONText
package import NIOCore

/// What one simulated call was like for its caller; times are milliseconds since the stream began.
package struct CallReport: Sendable {
    /// One exchange: what the caller said and what came back.
    package struct Turn: Sendable, Equatable {
        /// The caller's words; nil for the greeting.
        package var said: String?

        /// When the caller's first and last audible sample went out.
        package var speechStart: Int?
        /// When the caller's last audible sample went out.
        package var speechEnd: Int?

        /// Whether the caller spoke over the agent.
        package var isBargeIn = false

        /// When the agent emptied the queue after this line began.
        package var cleared: Int?

        /// When the agent's answer was first heard.
        package var replyStart: Int?

        /// When the agent's answer was last heard.
        package var replyEnd: Int?

        /// What the agent was understood to say, when somebody listened.
        package var heard: String?

        /// From the caller's last audible sample to the agent's first, milliseconds.
        package var voiceToVoice: Int? {
            guard let replyStart else { return nil }
            return replyStart - (speechEnd ?? 0)
        }

        /// From the caller's first audible sample to the emptied queue, milliseconds.
        package var bargeIn: Int? {
            guard isBargeIn, let cleared, let speechStart else { return nil }
            return cleared - speechStart
        }

        /// A turn about to begin.
        package init(said: String? = nil) { self.said = said }
    }

    /// How the call ended.
    package enum End: String, Sendable {
        /// The caller hung up.
        case callerHungUp = "caller_hung_up"

        /// The agent hung up (`<Hangup>`, or no verb left).
        case agentHungUp = "agent_hung_up"

        /// The agent passed the call on (`<Dial>`).
        case transferred

        /// The gateway refused the call (`<Reject>`).
        case rejected

        /// The one called did not answer.
        case notAnswered = "not_answered"

        /// The webhook or the stream failed.
        case failed
    }

    /// The call's id.
    package var callSID: String

    /// How it ended.
    package var end = End.failed

    /// More about the end: the status, the destination, the error.
    package var detail = ""

    /// The greeting (first) and every line.
    package var turns: [Turn] = []

    /// What Twilio would have logged against us.
    package var violations: [StreamViolation] = []

    /// Steps of the script that gave up.
    package var timedOutSteps: [Int] = []

    /// Streams the call had; more than one after a reconnection.
    package var streams = 0

    /// How long the webhook took to answer, milliseconds.
    package var webhookMilliseconds = 0.0

    /// Frames the agent left short: an audible gap each.
    package var partialFrames = 0

    /// Messages with audio, their bytes, marks and clears received.
    package var mediaMessages = 0
    /// Audio bytes received.
    package var mediaBytes = 0
    /// Marks received.
    package var marks = 0
    /// Clears received.
    package var clears = 0

    /// When each message with audio arrived, on the monotonic clock.
    package var mediaArrivals: [NIODeadline] = []

    /// The most audio that was queued at the carrier, milliseconds.
    package var longestQueue = 0

    /// How long the call lasted, milliseconds.
    package var duration = 0

    /// The caller's channel, mu-law.
    package var callerAudio: [UInt8] = []

    /// What the caller heard, mu-law, sample for sample beside ``callerAudio``.
    package var agentAudio: [UInt8] = []

    /// A report about to be filled.
    package init(callSID: String) { self.callSID = callSID }

    /// Everything but the audio, as JSON.
    package var json: JSONValue {
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        let turns = turns.map { turn -> JSONValue in
            [
                "said": turn.said.map { .string($0) } ?? .null, "heard": turn.heard.map { .string($0) } ?? .null,
                "speech_start_ms": number(turn.speechStart), "speech_end_ms": number(turn.speechEnd),
                "reply_start_ms": number(turn.replyStart), "reply_end_ms": number(turn.replyEnd),
                "voice_to_voice_ms": number(turn.voiceToVoice), "barge_in": .bool(turn.isBargeIn),
                "barge_in_ms": number(turn.bargeIn),
            ]
        }
        return [
            "call_sid": .string(callSID), "end": .string(end.rawValue), "detail": .string(detail),
            "duration_ms": number(duration), "webhook_ms": .number(webhookMilliseconds), "streams": number(streams),
            "turns": .array(turns), "violations": .array(violations.map { .string($0.description) }),
            "timed_out_steps": .array(timedOutSteps.map { number($0) }), "partial_frames": number(partialFrames),
            "media_messages": number(mediaMessages), "media_bytes": number(mediaBytes), "marks": number(marks),
            "clears": number(clears), "longest_queue_ms": number(longestQueue),
        ]
    }
}
