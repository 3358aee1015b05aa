/// How an agent behaves in conversation: everything the state machine needs to know of its configuration.
///
/// The prompt, the voice and the tools' descriptions stay with the shell and the workers.
package struct ConversationSettings: Sendable, Equatable {
    /// The call's own id, of which idempotency keys are made.
    package var callID: String
    /// The first words of a call; empty: the caller speaks first.
    package var greeting = ""
    /// Said when no reply could be made.
    package var apology = "I'm sorry, something went wrong. Please say that again."
    /// Said when the model declines.
    package var refusal = "I'm sorry, I can't help with that."
    /// Said before a transfer if the model said nothing itself.
    package var transferSentence = "One moment, I'm putting you through."
    /// Said before a hang-up if the model said nothing itself.
    package var goodbye = "Goodbye."
    /// Said before the call is given up because a role stays away.
    package var outage = "I'm sorry, we have a technical problem. Please call again later. Goodbye."
    /// Turn taking.
    package var turn = TurnSettings()
    /// The silent line.
    package var silence = SilenceSettings()
    /// The tools the model may call.
    package var tools: [ToolSettings] = []
    /// Bounds that are no matter of taste.
    package var limits = ConversationLimits()

    /// Makes settings with every default.
    package init(callID: String) {
        self.callID = callID
    }

    /// The wording of a prepared speech; empty: it is left out.
    package func text(of speech: PreparedSpeech) -> String {
        switch speech {
        case .greeting: greeting
        case .filler: silence.filler
        case .apology: apology
        case .refusal: refusal
        case .transfer: transferSentence
        case .goodbye: goodbye
        case .outage: outage
        case .noInput(let index): turn.noInputPrompts.indices.contains(index) ? turn.noInputPrompts[index] : ""
        }
    }
}

/// When a caller's turn ends and when the caller may cut the agent off.
package struct TurnSettings: Sendable, Equatable {
    /// After the last word or the end of voice activity the turn is ended without the provider.
    package var backstop: Milliseconds = 1500
    /// How long an asked-for transcript is waited for (no answer is promised: Deepgram listen v1, Finalize message).
    package var finalizeDeadline: Milliseconds = 700
    /// An interruption without settled words for this long was none.
    package var falseInterruption: Milliseconds = 2000
    /// A silent caller is asked after this long; nil: never.
    package var noInput: Milliseconds? = 10_000
    /// What a silent caller is asked, one after the other; then the call is ended.
    package var noInputPrompts = ["Are you still there?"]
    /// Cutting the agent off.
    package var bargeIn = BargeInSettings()
    /// Keys.
    package var digits = DigitSettings()

    /// Makes settings with every default.
    package init() {}
}

/// What may cut the agent off.
package struct BargeInSettings: Sendable, Equatable {
    /// Whether words cut the agent off; keys do in any case.
    package var isEnabled = true
    /// How many unsettled words it takes; of settled words one is enough.
    package var minimumWords = 1
    /// Phrases by which a listener says no more than "go on".
    package var backchannels = ["mm-hm", "uh-huh", "okay", "yeah", "right"]
    /// Phrases that answer a goodbye and do not keep the call up.
    package var farewells = ["bye", "goodbye", "good bye", "bye bye", "thanks", "thank you", "you too"]
    /// Whether the greeting is said to its end in any case, keys or not.
    package var protectsGreeting = false

    /// Makes settings with every default.
    package init() {}
}

/// How keys become a turn.
package struct DigitSettings: Sendable, Equatable {
    /// The key that ends a sequence and is no part of it; nil: none.
    package var finishKey: Character? = "#"
    /// A sequence ends this long after its last key.
    package var timeout: Milliseconds = 2000
    /// A sequence ends with this many keys.
    package var maximum = 32

    /// Makes settings with every default.
    package init() {}
}

/// What is done about a silent line while a reply is being made.
package struct SilenceSettings: Sendable, Equatable {
    /// The line is silent no longer than this.
    package var fillerAfter: Milliseconds = 4000
    /// What is said then; empty: nothing.
    package var filler = "One moment, please."

    /// Makes settings with every default.
    package init() {}
}

/// One tool the model may call.
package struct ToolSettings: Sendable, Equatable {
    /// What a call of the tool does.
    package enum Kind: Sendable, Equatable {
        /// Ends the call once the goodbye has been heard.
        case endCall
        /// Gives the call to this number once the sentence before it has been heard.
        case transferCall(destination: String)
        /// Is run by the language model's worker.
        case external
    }

    /// The name the model calls it by.
    package var name: String
    /// What a call of it does.
    package var kind: Kind
    /// Whether running it changes anything in the world: then it is never cut short.
    package var hasEffect: Bool
    /// How long its result is waited for.
    package var deadline: Milliseconds

    /// Makes a tool's settings; 10 s leaves the worker its own deadline before this one.
    package init(name: String, kind: Kind = .external, hasEffect: Bool = false, deadline: Milliseconds = 10_000) {
        self.name = name
        self.kind = kind
        self.hasEffect = hasEffect
        self.deadline = deadline
    }
}

/// Bounds of a conversation that keep every wait and every count finite.
package struct ConversationLimits: Sendable, Equatable {
    /// The longest a call may last; then a goodbye is said.
    package var callDuration: Milliseconds = 240 * 60_000
    /// How often tools may be called for one turn, one after the other.
    package var toolRounds = 8
    /// How many tools may be called at once.
    package var parallelTools = 16
    /// How long the model may take for its first word.
    package var firstToken: Milliseconds = 15_000
    /// How long the model may pause within a reply.
    package var nextToken: Milliseconds = 6_000
    /// How long a synthesis may make no progress although it has text.
    package var speechProgress: Milliseconds = 5_000
    /// The pause before a failed speech is tried again.
    package var speechRetry: Milliseconds = 250
    /// How long beyond the audio's own length the last mark is waited for.
    package var markGrace: Milliseconds = 2_000
    /// How long audio may wait without any being handed to the network, while the stream is broken, say.
    package var playbackStall: Milliseconds = 15_000
    /// How long a role may stay away before the call is given up.
    package var roleAway: Milliseconds = 10_000
    /// The wait before the second attempt at opening a lost session; the first is made at once, later waits double.
    package var reopenFirst: Milliseconds = 250
    /// The longest wait between such attempts.
    package var reopenMaximum: Milliseconds = 2_000
    /// The longest a farewell may take, whatever else happens.
    package var closing: Milliseconds = 60_000
    /// How many characters of one reply are spoken; the rest is dropped.
    package var replyCharacters = 20_000
    /// How many UTF-8 bytes the results of one round of tools may have together; each gets an equal share.
    package var toolResultBytes = 24_000
    /// How many UTF-8 bytes of history are kept; the oldest turns go first.
    package var historyBytes = 200_000

    /// Makes limits with every default.
    package init() {}
}
