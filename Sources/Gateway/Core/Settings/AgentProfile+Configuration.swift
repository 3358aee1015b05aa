package import AgentConfiguration
import Conversation
import JSONText
import WorkerProtocol

extension AgentProfile {
    /// What the agent's worker has beyond an HTTP tool's own deadline before its result is given up, milliseconds.
    private static let toolGraceMilliseconds: Int64 = 5_000

    /// Takes an agent out of the configuration.
    ///
    /// - Parameters:
    ///   - agent: its file.
    ///   - host: the host's, for the providers' addresses and the length of calls.
    package init(_ agent: AgentConfiguration, host: HostConfiguration) {
        self.init(name: agent.name)
        conversation.greeting = agent.greeting
        conversation.apology = agent.apology
        conversation.refusal = agent.refusal
        conversation.outage = agent.outage
        conversation.goodbye = agent.goodbye
        if let transfer = agent.tools.transfer { conversation.transferSentence = transfer.sentence }
        conversation.turn = TurnSettings(agent.turn)
        conversation.silence.fillerAfter = Int64(agent.silence.fillerAfterMilliseconds)
        conversation.silence.filler = agent.silence.filler
        conversation.tools = Self.toolSettings(agent.tools)
        conversation.limits.callDuration = Int64(host.limits.callMinutes) * 60_000
        takeSpeechToText(agent, host)
        takeLanguageModel(agent, host)
        textToSpeech.provider = agent.tts.provider.rawValue
        textToSpeech.model = agent.tts.model
        textToSpeech.baseURL = host.providers.deepgram.textToSpeechURL
    }

    private mutating func takeSpeechToText(_ agent: AgentConfiguration, _ host: HostConfiguration) {
        speechToText.provider = agent.stt.provider.rawValue
        speechToText.model = agent.stt.model
        speechToText.language = agent.stt.language
        speechToText.endpointingMilliseconds = agent.stt.endpointingMilliseconds
        speechToText.utteranceEndMilliseconds = agent.stt.utteranceEndMilliseconds
        speechToText.smartFormat = agent.stt.smartFormat
        speechToText.keyterms = agent.stt.keyterms
        speechToText.baseURL = host.providers.deepgram.speechToTextURL
    }

    private mutating func takeLanguageModel(_ agent: AgentConfiguration, _ host: HostConfiguration) {
        languageModel.provider = agent.llm.provider.rawValue
        languageModel.model = agent.llm.model
        languageModel.system = agent.prompt
        languageModel.maximumTokens = agent.llm.maximumTokens
        languageModel.thinking = agent.llm.thinking
        languageModel.effort = agent.llm.effort
        languageModel.timeZone = agent.timeZone
        languageModel.tools =
            agent.tools.builtin.map(ToolDefinition.init(builtin:)) + agent.tools.http.map(ToolDefinition.init(http:))
        switch agent.llm.provider {
        case .anthropic: languageModel.baseURL = host.providers.anthropicBaseURL
        case .openai: languageModel.baseURL = host.providers.openaiBaseURL
        }
    }

    private static func toolSettings(_ tools: AgentConfiguration.Tools) -> [ToolSettings] {
        let builtin = tools.builtin.map { tool in
            switch tool {
            case .endCall: ToolSettings(name: tool.rawValue, kind: .endCall)
            case .transferCall:
                ToolSettings(
                    name: tool.rawValue,
                    kind: .transferCall(destination: tools.transfer?.destination ?? "")
                )
            case .currentTime: ToolSettings(name: tool.rawValue)
            }
        }
        let http = tools.http.map { tool in
            ToolSettings(
                name: tool.name,
                hasEffect: tool.hasEffect,
                deadline: Int64(tool.timeoutMilliseconds) + toolGraceMilliseconds
            )
        }
        return builtin + http
    }
}

extension TurnSettings {
    /// Takes turn taking out of an agent's configuration.
    fileprivate init(_ turn: AgentConfiguration.Turn) {
        self.init()
        backstop = Int64(turn.backstopMilliseconds)
        falseInterruption = Int64(turn.falseInterruptionMilliseconds)
        noInput = turn.noInputSeconds == 0 ? nil : Int64(turn.noInputSeconds) * 1000
        noInputPrompts = turn.noInputPrompts
        bargeIn.isEnabled = turn.bargeIn.isEnabled
        bargeIn.minimumWords = turn.bargeIn.minimumWords
        bargeIn.backchannels = turn.bargeIn.backchannels
        bargeIn.protectsGreeting = turn.bargeIn.protectGreeting
        digits.finishKey = turn.dtmf.finishKey
        digits.timeout = Int64(turn.dtmf.timeoutMilliseconds)
        digits.maximum = turn.dtmf.maximumDigits
    }
}

extension ToolDefinition {
    /// A tool that Dialtone brings along, as the model is told of it.
    fileprivate init(builtin: AgentConfiguration.Builtin) {
        let description =
            switch builtin {
            case .endCall:
                "Hang up the phone call. Use it when the caller has said goodbye or wants to end the call; say your own "
                    + "goodbye in the same reply, before calling this tool."
            case .transferCall:
                "Transfer the caller to a person. Use it when the caller asks for a person or you cannot help; tell the "
                    + "caller so in the same reply, before calling this tool."
            case .currentTime: "The current date, weekday and time where the business is."
            }
        self.init(
            name: builtin.rawValue,
            description: description,
            inputSchema: ["type": "object", "properties": [:]],
            implementation: builtin == .currentTime ? .currentTime : .conversation
        )
    }

    /// A tool that is one HTTP request, as the model is told of it and the worker runs it.
    fileprivate init(http tool: AgentConfiguration.HTTPTool) {
        self.init(
            name: tool.name,
            description: tool.description,
            inputSchema: tool.inputSchema,
            implementation: .http(
                HTTPTool(
                    url: tool.url,
                    method: tool.method.rawValue,
                    headers: Dictionary(
                        tool.headers.map { ($0.name, $0.value) },
                        uniquingKeysWith: { _, last in last }
                    ),
                    timeoutMilliseconds: tool.timeoutMilliseconds,
                    hasEffect: tool.hasEffect
                )
            )
        )
    }
}
