import JSONText

extension AgentConfiguration {
    /// The prompt and the tools' definitions together may have this many bytes, so that a link message holds them.
    package static let maximumPromptBytes = 48 * 1_024

    /// The longest text that the voices take at once, in characters (Deepgram text to speech, limits).
    package static let maximumSpokenCharacters = 2_000

    /// Reads an agent's file; `fileName` is its name without the ending.
    static func read(_ root: YAMLSection, fileName: String) -> AgentConfiguration {
        var agent = AgentConfiguration(name: fileName, prompt: "")
        checkName(root, fileName)
        agent.greeting = root.text("greeting", default: "", length: 0...maximumSpokenCharacters)
        agent.prompt = root.text("prompt", length: 1...maximumPromptBytes)
        agent.language = readLanguage(root, default: agent.language)
        agent.timeZone = readTimeZone(root, default: agent.timeZone)
        agent.stt = readSTT(root.section("stt"), language: agent.language)
        agent.llm = readLLM(root.section("llm"))
        agent.tts = readTTS(root.section("tts"))
        agent.turn = readTurn(root.section("turn"))
        agent.silence = readSilence(root.section("silence"))
        agent.apology = readSentence(root, "apology", agent.apology)
        agent.refusal = readSentence(root, "refusal", agent.refusal)
        agent.outage = readSentence(root, "outage", agent.outage)
        agent.goodbye = readSentence(root, "goodbye", agent.goodbye)
        agent.tools = readTools(root.section("tools"))
        root.finish()
        checkSize(agent, root)
        return agent
    }

    private static func checkName(_ root: YAMLSection, _ fileName: String) {
        if !TextRules.isAgentName(fileName) {
            root.fault("name", "comes from a file whose name is not lower-case letters, digits, \"-\" and \"_\"")
        }
        let name = root.text("name", default: fileName, length: 1...64)
        if name != fileName { root.fault("name", "is \"\(name)\" in the file of \"\(fileName)\"; they must be equal") }
    }

    private static func checkSize(_ agent: AgentConfiguration, _ root: YAMLSection) {
        let size = agent.tools.http.reduce(agent.prompt.utf8.count) { size, tool in
            size + tool.name.utf8.count + tool.description.utf8.count + tool.inputSchema.serialized().utf8.count
                + tool.url.utf8.count + tool.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        }
        guard size > maximumPromptBytes else { return }
        root.fault("prompt", "and the tools have \(size) bytes together; allowed: up to \(maximumPromptBytes)")
    }

    private static func readLanguage(_ section: YAMLSection, default fallback: String) -> String {
        let language = section.text("language", default: fallback)
        if language != fallback, !TextRules.isLanguage(language) {
            section.fault("language", "is \(language); allowed: a language tag such as en or en-GB")
        }
        return language
    }

    private static func readTimeZone(_ root: YAMLSection, default fallback: String) -> String {
        let zone = root.text("time_zone", default: fallback)
        if !TextRules.isTimeZone(zone) {
            root.fault(
                "time_zone",
                "is \(zone), which is not in \(TextRules.zoneFolder); allowed: names such as Europe/London, or UTC"
            )
        }
        return zone
    }

    private static func readSentence(_ section: YAMLSection, _ key: String, _ fallback: String) -> String {
        section.text(key, default: fallback, length: 1...maximumSpokenCharacters)
    }

    private static func readSilence(_ section: YAMLSection) -> Silence {
        var silence = Silence()
        silence.fillerAfterMilliseconds = section.integer(
            "filler_after_ms",
            default: silence.fillerAfterMilliseconds,
            in: 500...30_000
        )
        silence.filler = readSentence(section, "filler", silence.filler)
        section.finish()
        return silence
    }

    private static func readSTT(_ section: YAMLSection, language: String) -> STT {
        var stt = STT()
        stt.provider = section.choice("provider", default: stt.provider)
        stt.model = readModel(section, default: stt.model)
        stt.language = readLanguage(section, default: language)
        stt.endpointingMilliseconds = section.integer(
            "endpointing_ms",
            default: stt.endpointingMilliseconds,
            in: 10...5_000
        )
        stt.utteranceEndMilliseconds = section.integer(
            "utterance_end_ms",
            default: stt.utteranceEndMilliseconds,
            in: 1_000...5_000
        )
        stt.smartFormat = section.bool("smart_format", default: stt.smartFormat)
        stt.keyterms = section.texts("keyterms", default: [], maximumCount: 100, length: 1...100)
        if !stt.keyterms.isEmpty, !stt.model.hasPrefix("nova-3") {
            section.fault("keyterms", "are for the nova-3 models only, and the model is \(stt.model)")
        }
        section.finish()
        return stt
    }

    private static func readTTS(_ section: YAMLSection) -> TTS {
        var tts = TTS()
        tts.provider = section.choice("provider", default: tts.provider)
        tts.model = readModel(section, default: tts.model)
        section.finish()
        return tts
    }

    private static func readModel(_ section: YAMLSection, default fallback: String) -> String {
        let model = section.text("model", default: fallback, length: 1...128)
        if !TextRules.isModelName(model) {
            section.fault("model", "is \"\(model)\"; allowed: a model's name without spaces")
        } else if model.hasPrefix("flux-") {
            section.fault("model", "is \(model); the flux models speak a protocol that is not supported")
        }
        return model
    }

    private static func readLLM(_ section: YAMLSection) -> LLM {
        var llm = LLM()
        llm.provider = section.choice("provider", default: llm.provider)
        let isAnthropic = llm.provider == .anthropic
        let model = section.text("model", default: isAnthropic ? llm.model : nil, length: 1...128)
        if !model.isEmpty, !TextRules.isModelName(model) {
            section.fault("model", "is \"\(model)\"; allowed: a model's name without spaces")
        }
        llm.model = model
        llm.maximumTokens = section.integer("max_tokens", default: llm.maximumTokens, in: 16...32_000)
        llm.thinking = readThinking(section, isAnthropic, model)
        let efforts = isAnthropic ? anthropicEfforts : openaiEfforts
        let effort = section.choice("effort", default: isAnthropic ? "low" : "default", of: efforts + ["default"])
        llm.effort = effort == "default" ? nil : effort
        if model.hasPrefix("claude-haiku-5"), llm.thinking == "disabled", ["xhigh", "max"].contains(effort) {
            section.fault(
                "effort",
                "is \(effort) with thinking disabled, which \(model) refuses; allowed: low, medium, high"
            )
        }
        section.finish()
        return llm
    }

    private static let anthropicEfforts = ["low", "medium", "high", "xhigh", "max"]
    private static let openaiEfforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

    private static func readThinking(_ section: YAMLSection, _ isAnthropic: Bool, _ model: String) -> String? {
        guard isAnthropic else {
            if section.field("thinking") != nil {
                section.fault("thinking", "is for the provider anthropic only; use effort")
            }
            return nil
        }
        let allowed = ["disabled", "between_tools", "adaptive", "default"]
        let refusesDisabled = model.hasPrefix("claude-sonnet-5")
        let thinking = section.choice(
            "thinking",
            default: refusesDisabled ? "between_tools" : "disabled",
            of: allowed
        )
        if refusesDisabled, thinking == "disabled" {
            section.fault("thinking", "is disabled, which \(model) refuses; allowed: between_tools, adaptive, default")
        }
        return thinking == "default" ? nil : thinking
    }
}
