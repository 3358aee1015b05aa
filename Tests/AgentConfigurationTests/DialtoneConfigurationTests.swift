import AgentConfiguration
import JSONText
import Testing

@Suite("Loading a configuration")
struct DialtoneConfigurationTests {
    @Test("the shipped example is valid")
    func shippedExample() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let configuration = try DialtoneConfiguration.load(path: "/\(root)/deploy/config")
        #expect(configuration.host == HostConfiguration.exampleOfDefaults)
        let agent = try #require(configuration.agent(forNumber: "+441632960002"))
        #expect(agent.name == "receptionist")
        #expect(agent.greeting == "Hello, Oak Dental. How can I help?")
        #expect(agent.timeZone == "Europe/London")
        #expect(agent.stt == .init())
        #expect(agent.llm == .init())
        #expect(agent.tts == .init())
        #expect(agent.turn == .init())
        #expect(agent.silence == .init())
        #expect(agent.tools.builtin == [.endCall, .transferCall, .currentTime])
        #expect(agent.tools.transfer == .init(destination: "+441632960009"))
        let tool = try #require(agent.tools.http.first)
        #expect(tool.name == "find_slot")
        #expect(tool.method == .post)
        #expect(
            tool.headers == [
                .init(name: "X-Office", value: "oak"), .init(name: "Authorization", value: "Bearer ${SLOTS_TOKEN}"),
            ]
        )
        #expect(tool.inputSchema["required"] == ["day"])
    }

    @Test("the least there can be has every default")
    func least() throws {
        let folder = try ConfigurationFolder()
        let configuration = try DialtoneConfiguration.load(path: folder.path)
        #expect(configuration.host == HostConfiguration(publicURL: "https://voice.example.com", defaultAgent: "front"))
        #expect(configuration.agents == [AgentConfiguration(name: "front", prompt: "You are helpful.")])
    }

    @Test("the path may be that of the file, and end in a slash")
    func paths() throws {
        let folder = try ConfigurationFolder()
        let reference = try DialtoneConfiguration.load(path: folder.path)
        #expect(try DialtoneConfiguration.load(path: folder.path + "/") == reference)
        #expect(try DialtoneConfiguration.load(path: folder.path + "/dialtone.yaml") == reference)
    }

    @Test("numbers lead to their agents, others to the default one")
    func numbers() throws {
        let folder = try ConfigurationFolder(
            host: ConfigurationFolder.host + "default_agent: front\nnumbers: { +441632960002: back }\n",
            agents: ["front.yaml": ConfigurationFolder.agent, "back.yaml": ConfigurationFolder.agent]
        )
        let configuration = try DialtoneConfiguration.load(path: folder.path)
        #expect(configuration.agent(forNumber: "+441632960002")?.name == "back")
        #expect(configuration.agent(forNumber: "+441632960003")?.name == "front")
        #expect(configuration.agents.map(\.name) == ["back", "front"])
    }

    @Test("what is not there is told")
    func missingFiles() throws {
        let empty = try ConfigurationFolder(host: nil, agents: [:])
        #expect(
            empty.faults == ["dialtone.yaml: cannot be read", "agents: holds no agent; one .yaml file is needed"]
        )
        #expect(throws: ConfigurationFaults.self) { try DialtoneConfiguration.load(path: "/nonexistent") }
        #expect(throws: ConfigurationFaults.self) { try DialtoneConfiguration.load(path: "") }
    }

    @Test("all faults of all files come at once, by file and line")
    func allAtOnce() throws {
        let folder = try ConfigurationFolder(
            host: "listen: nowhere\nlimits:\n  calls: 0\n  colls: 5\n",
            agents: ["a.yaml": "prompt: x\nllm: { max_tokens: many }\n", "b.yaml": "greeting: hello\nstt: 5\n"]
        )
        #expect(
            folder.faults == [
                "dialtone.yaml:1: public_url: is missing",
                "dialtone.yaml:1: listen: is nowhere; allowed: HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080",
                "dialtone.yaml:1: default_agent: is missing; allowed: a, b",
                "dialtone.yaml:3: limits.calls: is 0; allowed: 1 to 10000",
                "dialtone.yaml:4: limits.colls: is not a known key; did you mean \"calls\"?",
                "agents/a.yaml:2: llm.max_tokens: is many, not a whole number; allowed: 16 to 32000",
                "agents/b.yaml:1: prompt: is missing",
                "agents/b.yaml:2: stt: is 5, not a section of keys",
            ]
        )
    }

    @Test("files that are not agents are passed over, and a misnamed one is told")
    func otherFiles() throws {
        let folder = try ConfigurationFolder(agents: [
            "front.yaml": ConfigurationFolder.agent, "notes.txt": "x", ".front.yaml.swp": "x", "old.yml": "prompt: x",
        ])
        #expect(folder.faults == ["agents/old.yml: is not read; agents' files end in .yaml"])
    }

    @Test("a broken agent is not also an unknown one")
    func brokenAgent() throws {
        let folder = try ConfigurationFolder(
            host: ConfigurationFolder.host + "default_agent: front\n",
            agents: ["front.yaml": "prompt: [\n"]
        )
        #expect(folder.faults.count == 1)
        #expect(folder.faults[0].hasPrefix("agents/front.yaml:2: is not YAML: "))
    }
}

extension HostConfiguration {
    /// The host of the shipped example: the defaults, with the providers' own addresses written out.
    static var exampleOfDefaults: HostConfiguration {
        var host = HostConfiguration(publicURL: "https://voice.example.com", defaultAgent: "receptionist")
        host.providers.deepgram.baseURL = "wss://api.deepgram.com"
        host.providers.anthropicBaseURL = "https://api.anthropic.com"
        host.providers.openaiBaseURL = "https://api.openai.com/v1"
        return host
    }
}
