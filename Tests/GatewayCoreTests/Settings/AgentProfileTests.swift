import AgentConfiguration
import Conversation
import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct AgentProfileTests {
    private var agent = AgentConfiguration(name: "receptionist", prompt: "You answer calls.")
    private var host = HostConfiguration(publicURL: "https://voice.example.com", defaultAgent: "receptionist")

    @Test mutating func `Workers are told what the file says`() {
        agent.stt.model = "nova-3"
        agent.stt.keyterms = ["Oak"]
        agent.llm.provider = .openai
        agent.tts.model = "aura-2-orion-en"
        agent.timeZone = "Europe/London"
        host.providers.deepgram.baseURL = "ws://127.0.0.1:1"
        host.providers.deepgram.ttsBaseURL = "ws://127.0.0.1:2"
        host.providers.openaiBaseURL = "http://127.0.0.1:3/v1"
        host.providers.anthropicBaseURL = "http://127.0.0.1:4"
        let profile = AgentProfile(agent, host: host)
        #expect(profile.speechToText.model == "nova-3")
        #expect(profile.speechToText.keyterms == ["Oak"])
        #expect(profile.speechToText.baseURL == "ws://127.0.0.1:1")
        #expect(profile.textToSpeech.model == "aura-2-orion-en")
        #expect(profile.textToSpeech.baseURL == "ws://127.0.0.1:2")
        #expect(profile.languageModel.provider == "openai")
        #expect(profile.languageModel.baseURL == "http://127.0.0.1:3/v1")
        #expect(profile.languageModel.system == "You answer calls.")
        #expect(profile.languageModel.timeZone == "Europe/London")
    }

    @Test mutating func `Turn taking is what the file says`() {
        agent.turn.noInputSeconds = 0
        agent.turn.backstopMilliseconds = 900
        agent.turn.dtmf.finishKey = nil
        host.limits.callMinutes = 5
        let settings = AgentProfile(agent, host: host).conversation
        #expect(settings.turn.noInput == nil)
        #expect(settings.turn.backstop == 900)
        #expect(settings.turn.digits.finishKey == nil)
        #expect(settings.limits.callDuration == 300_000)
    }

    @Test mutating func `Tools are known to the model and to the conversation`() throws {
        agent.tools.builtin = [.endCall, .transferCall, .currentTime]
        agent.tools.transfer = .init(destination: "+441632960009")
        var book = AgentConfiguration.HTTPTool(name: "book", description: "Book.", url: "https://example.com/book")
        book.hasEffect = true
        book.timeoutMilliseconds = 3000
        book.headers = [.init(name: "X-A", value: "1")]
        agent.tools.http = [book]
        let profile = AgentProfile(agent, host: host)
        #expect(
            profile.conversation.tools == [
                ToolSettings(name: "end_call", kind: .endCall),
                ToolSettings(name: "transfer_call", kind: .transferCall(destination: "+441632960009")),
                ToolSettings(name: "current_time"),
                ToolSettings(name: "book", hasEffect: true, deadline: 8000),
            ]
        )
        #expect(profile.languageModel.tools.map(\.name) == ["end_call", "transfer_call", "current_time", "book"])
        let implementations = profile.languageModel.tools.map(\.implementation)
        #expect(implementations.prefix(3) == [.conversation, .conversation, .currentTime])
        guard case .http(let tool) = implementations[3] else {
            Issue.record("not an HTTP tool")
            return
        }
        #expect(tool.headers == ["X-A": "1"])
        #expect(tool.hasEffect)
    }

    @Test mutating func `Sentences without words are not prepared`() {
        agent.greeting = ""
        agent.silence.filler = ""
        agent.turn.noInputPrompts = ["Hello?", "Still there?"]
        #expect(
            AgentProfile(agent, host: host).preparedSpeeches
                == [.apology, .goodbye, .transfer, .refusal, .outage, .noInput(0), .noInput(1)]
        )
    }
}
