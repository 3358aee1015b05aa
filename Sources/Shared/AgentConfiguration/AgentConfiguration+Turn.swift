extension AgentConfiguration {
    /// When the caller's turn ends, and when the caller may cut the agent off.
    package struct Turn: Sendable, Equatable {
        /// After the caller's last word the turn is ended without the provider (`backstop_ms`).
        package var backstopMilliseconds = 1_500
        /// Cutting the agent off (`barge_in`).
        package var bargeIn = BargeIn()
        /// An interruption without settled words for this long was none (`false_interruption_ms`).
        package var falseInterruptionMilliseconds = 2_000
        /// A silent caller is asked after this long; 0: never (`no_input_seconds`).
        package var noInputSeconds = 10
        /// What a silent caller is asked, one after the other; then the call is ended (`no_input_prompts`).
        package var noInputPrompts = ["Are you still there?"]
        /// Keys (`dtmf`).
        package var dtmf = DTMF()

        /// The default turn taking.
        package init() {}
    }

    /// What may cut the agent off.
    package struct BargeIn: Sendable, Equatable {
        /// Whether words cut the agent off; keys do in any case (`enabled`).
        package var isEnabled = true
        /// How many unsettled words it takes (`minimum_words`).
        package var minimumWords = 1
        /// What a listener says who only wants the agent to go on (`backchannels`).
        package var backchannels = ["mm-hm", "uh-huh", "okay", "yeah", "right"]
        /// Whether the greeting is always said to its end (`protect_greeting`).
        package var protectGreeting = false

        /// The default policy.
        package init() {}
    }

    /// How keys become a turn.
    package struct DTMF: Sendable, Equatable {
        /// The key that ends a sequence and is no part of it; nil: none (`finish_key`).
        package var finishKey: Character? = "#"
        /// A sequence ends this long after its last key (`timeout_ms`).
        package var timeoutMilliseconds = 2_000
        /// A sequence ends with this many keys (`maximum_digits`).
        package var maximumDigits = 32

        /// The default sequence.
        package init() {}
    }
}
