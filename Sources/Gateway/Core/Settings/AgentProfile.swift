package import Conversation
package import WorkerProtocol

/// One agent as the gateway needs it: how it converses, and what its workers are told.
package struct AgentProfile: Sendable, Equatable {
    /// The agent's name.
    package var name: String

    /// How it converses; each call puts its own id in.
    package var conversation: ConversationSettings

    /// What the transcriber is told.
    package var speechToText: SpeechToTextSettings

    /// What the model is told, with its tools.
    package var languageModel: LanguageModelSettings

    /// What the synthesis is told.
    package var textToSpeech: TextToSpeechSettings

    /// An agent with the defaults of a telephone call.
    package init(name: String) {
        self.name = name
        conversation = ConversationSettings(callID: "")
        speechToText = SpeechToTextSettings()
        languageModel = LanguageModelSettings()
        textToSpeech = TextToSpeechSettings()
    }

    /// Every fixed sentence of the agent, the greeting first; those without words are left out.
    package var preparedSpeeches: [PreparedSpeech] {
        let all: [PreparedSpeech] =
            [.greeting, .filler, .apology, .goodbye, .transfer, .refusal, .outage]
            + conversation.turn.noInputPrompts.indices.map { .noInput($0) }
        return all.filter { !conversation.text(of: $0).isEmpty }
    }
}
