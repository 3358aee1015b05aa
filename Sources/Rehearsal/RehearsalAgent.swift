/// The agent that rehearsals talk to, as the text of its YAML file.
package struct RehearsalAgent: Sendable {
    /// What the agent says first; empty: the caller speaks first.
    package var greeting = "Hello, this is Oak Dental. How can I help you?"

    /// The system prompt.
    package var prompt = "You answer the telephone for Oak Dental. Be brief."

    /// `anthropic` or `openai`.
    package var modelProvider = "anthropic"

    /// The provider's model.
    package var model = "claude-haiku-5-5"

    /// Where `find_slot` is.
    package var toolURL: String

    /// Whether `find_slot` has side effects.
    package var toolHasEffect = false

    /// Lines added to the file, for settings of one rehearsal.
    package var extra = ""

    /// Makes the agent.
    package init(toolURL: String) { self.toolURL = toolURL }

    /// The file.
    package var yaml: String {
        """
        name: receptionist
        greeting: "\(greeting)"
        prompt: "\(prompt)"
        language: en
        time_zone: Europe/London
        stt: { provider: deepgram, model: nova-2-phonecall, language: en }
        llm: { provider: \(modelProvider), model: \(model), max_tokens: 400 }
        tts: { provider: deepgram, model: aura-2-thalia-en }
        tools:
          builtin: [end_call, transfer_call, current_time]
          transfer: { destination: "+441632960009" }
          http:
            - name: find_slot
              description: Free appointment times for one day.
              url: \(toolURL)
              method: POST
              timeout_ms: 3000
              effect: \(toolHasEffect)
              input_schema:
                type: object
                properties: { day: { type: string } }
                required: [day]
        \(extra)

        """
    }
}
