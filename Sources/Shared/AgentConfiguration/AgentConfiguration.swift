/// What a file in `agents` says: who answers, how, and with which tools.
package struct AgentConfiguration: Sendable, Equatable {
    /// The file's name without its ending (`name`).
    package var name: String

    /// The first words of a call; empty: the caller speaks first (`greeting`).
    package var greeting = ""

    /// What the model is told (`prompt`).
    package var prompt: String

    /// The language of the agent, as `en` or `en-GB` (`language`).
    package var language = "en"

    /// The IANA time zone of `current_time` (`time_zone`).
    package var timeZone = "UTC"

    /// Speech to text (`stt`).
    package var stt = STT()

    /// The language model (`llm`).
    package var llm = LLM()

    /// Text to speech (`tts`).
    package var tts = TTS()

    /// Turn taking (`turn`).
    package var turn = Turn()

    /// The silent line (`silence`).
    package var silence = Silence()

    /// Said when no reply could be made (`apology`).
    package var apology = "I'm sorry, something went wrong. Please say that again."

    /// Said when the model declines (`refusal`).
    package var refusal = "I'm sorry, I can't help with that."

    /// Said before the call is given up because a part of the service stays away (`outage`).
    package var outage = "I'm sorry, we have a technical problem. Please call again later. Goodbye."

    /// Said before a hang-up if the model said nothing itself (`goodbye`).
    package var goodbye = "Goodbye."

    /// What the model may do (`tools`).
    package var tools = Tools()

    /// An agent with every default.
    package init(name: String, prompt: String) {
        self.name = name
        self.prompt = prompt
    }

    /// Speech to text.
    package struct STT: Sendable, Equatable {
        /// Who transcribes.
        package enum Provider: String, Sendable, Equatable, CaseIterable {
            /// Deepgram's live transcription, version 1.
            case deepgram
        }

        /// Who transcribes (`provider`).
        package var provider = Provider.deepgram
        /// The provider's model (`model`).
        package var model = "nova-2-phonecall"
        /// The language transcribed; the agent's own unless set (`language`).
        package var language = "en"
        /// Silence that ends an utterance (`endpointing_ms`).
        package var endpointingMilliseconds = 300
        /// A gap between words that ends an utterance when silence did not (`utterance_end_ms`).
        package var utteranceEndMilliseconds = 1_000
        /// Whether numbers, dates and punctuation are formatted (`smart_format`).
        package var smartFormat = true
        /// Words to listen for; for the nova-3 models only (`keyterms`).
        package var keyterms: [String] = []

        /// The default transcription.
        package init() {}
    }

    /// The language model.
    package struct LLM: Sendable, Equatable {
        /// Whose model answers.
        package enum Provider: String, Sendable, Equatable, CaseIterable {
            /// Anthropic's Messages API.
            case anthropic
            /// Any server with OpenAI's Chat Completions API.
            case openai
        }

        /// Whose model answers (`provider`).
        package var provider = Provider.anthropic
        /// The provider's model (`model`).
        package var model = "claude-haiku-5-5"
        /// The longest reply, in tokens (`max_tokens`).
        package var maximumTokens = 400
        /// `disabled`, `between_tools` or `adaptive`, for Anthropic only (`thinking`); nil: not said to the provider.
        package var thinking: String? = "disabled"
        /// How hard the model thinks (`effort`); nil: not said to the provider.
        package var effort: String? = "low"

        /// The default model.
        package init() {}
    }

    /// Text to speech.
    package struct TTS: Sendable, Equatable {
        /// Who speaks.
        package enum Provider: String, Sendable, Equatable, CaseIterable {
            /// Deepgram's text to speech, version 1.
            case deepgram
        }

        /// Who speaks (`provider`).
        package var provider = Provider.deepgram
        /// The provider's voice (`model`).
        package var model = "aura-2-thalia-en"

        /// The default voice.
        package init() {}
    }

    /// What is done about a silent line while a reply is being made.
    package struct Silence: Sendable, Equatable {
        /// The line is silent no longer than this (`filler_after_ms`).
        package var fillerAfterMilliseconds = 4_000
        /// What is said then (`filler`).
        package var filler = "One moment, please."

        /// The default filler.
        package init() {}
    }
}
