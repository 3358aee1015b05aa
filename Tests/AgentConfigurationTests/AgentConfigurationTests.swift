import AgentConfiguration
import Testing

@Suite("Faults of an agent's file")
struct AgentConfigurationTests {
    @Test("every key is read")
    func everyKey() throws {
        let folder = try ConfigurationFolder(agents: [
            "front.yaml": """
            name: front
            greeting: ""
            prompt: p
            language: no
            time_zone: America/New_York
            stt: { model: nova-3, language: nn, endpointing_ms: 10, utterance_end_ms: 5000, smart_format: false, keyterms: [Oak] }
            llm: { provider: openai, model: gpt-6-luna, max_tokens: 16, effort: none }
            tts: { model: aura-asteria-en }
            turn:
              backstop_ms: 300
              barge_in: { enabled: false, minimum_words: 10, backchannels: [], protect_greeting: true }
              false_interruption_ms: 200
              no_input_seconds: 0
              no_input_prompts: []
              dtmf: { finish_key: "", timeout_ms: 500, maximum_digits: 1 }
            silence: { filler_after_ms: 500, filler: f }
            apology: a
            refusal: r
            outage: o
            goodbye: g
            """
        ])
        let agent = try #require(try DialtoneConfiguration.load(path: folder.path).agents.first)
        var expected = AgentConfiguration(name: "front", prompt: "p")
        expected.language = "no"
        expected.timeZone = "America/New_York"
        expected.stt.model = "nova-3"
        expected.stt.language = "nn"
        expected.stt.endpointingMilliseconds = 10
        expected.stt.utteranceEndMilliseconds = 5_000
        expected.stt.smartFormat = false
        expected.stt.keyterms = ["Oak"]
        expected.llm.provider = .openai
        expected.llm.model = "gpt-6-luna"
        expected.llm.maximumTokens = 16
        expected.llm.thinking = nil
        expected.llm.effort = "none"
        expected.tts.model = "aura-asteria-en"
        expected.turn.backstopMilliseconds = 300
        expected.turn.bargeIn.isEnabled = false
        expected.turn.bargeIn.minimumWords = 10
        expected.turn.bargeIn.backchannels = []
        expected.turn.bargeIn.protectGreeting = true
        expected.turn.falseInterruptionMilliseconds = 200
        expected.turn.noInputSeconds = 0
        expected.turn.noInputPrompts = []
        expected.turn.dtmf.finishKey = nil
        expected.turn.dtmf.timeoutMilliseconds = 500
        expected.turn.dtmf.maximumDigits = 1
        expected.silence.fillerAfterMilliseconds = 500
        expected.silence.filler = "f"
        expected.apology = "a"
        expected.refusal = "r"
        expected.outage = "o"
        expected.goodbye = "g"
        #expect(agent == expected)
    }

    @Test("the agent's language is the transcription's unless it has its own")
    func language() throws {
        let folder = try ConfigurationFolder(agents: ["front.yaml": "prompt: p\nlanguage: fr-CA\n"])
        #expect(try DialtoneConfiguration.load(path: folder.path).agents.first?.stt.language == "fr-CA")
    }

    @Test(
        "single faults are told with key and allowed values",
        arguments: [
            ("name: back", "name: is \"back\" in the file of \"front\"; they must be equal"),
            ("language: english", "language: is english; allowed: a language tag such as en or en-GB"),
            (
                "time_zone: Europe/Londn",
                "time_zone: is Europe/Londn, which is not in /usr/share/zoneinfo; allowed: names such as Europe/London, or UTC"
            ),
            ("stt: { provider: dipgram }", "stt.provider: is dipgram; allowed: deepgram; did you mean \"deepgram\"?"),
            ("stt: { utterance_end_ms: 999 }", "stt.utterance_end_ms: is 999; allowed: 1000 to 5000"),
            (
                "stt: { keyterms: [Oak] }",
                "stt.keyterms: are for the nova-3 models only, and the model is nova-2-phonecall"
            ),
            ("stt: { keyterms: Oak }", "stt.keyterms: is Oak, not a list"),
            (
                "tts: { model: flux-kit-en }",
                "tts.model: is flux-kit-en; the flux models speak a protocol that is not supported"
            ),
            ("tts: { model: a b }", "tts.model: is \"a b\"; allowed: a model's name without spaces"),
            ("llm: { provider: google }", "llm.provider: is google; allowed: anthropic, openai"),
            ("llm: { provider: openai }", "llm.model: is missing"),
            (
                "llm: { provider: openai, model: m, thinking: disabled }",
                "llm.thinking: is for the provider anthropic only; use effort"
            ),
            ("llm: { effort: none }", "llm.effort: is none; allowed: low, medium, high, xhigh, max, default"),
            (
                "llm: { effort: max }",
                "llm.effort: is max with thinking disabled, which claude-haiku-5-5 refuses; allowed: low, medium, high"
            ),
            (
                "llm: { model: claude-sonnet-5-5, thinking: disabled }",
                "llm.thinking: is disabled, which claude-sonnet-5-5 refuses; allowed: between_tools, adaptive, default"
            ),
            (
                "turn: { dtmf: { finish_key: \"##\" } }",
                "turn.dtmf.finish_key: is \"##\"; allowed: one of 0 to 9, *, #, A to D, or \"\" for none"
            ),
            (
                "turn: { barge_in: { minimum_word: 2 } }",
                "turn.barge_in.minimum_word: is not a known key; did you mean \"minimum_words\"?"
            ),
            ("turn: { no_input_prompts: [a, [b]] }", "turn.no_input_prompts[1]: is a list, not text"),
            ("silence: { filler: \"\" }", "silence.filler: is empty; allowed: 1 to 2000 characters"),
            ("apology: \"a\\u0007b\"", "apology: holds a control character"),
        ]
    )
    func singleFault(text: String, message: String) throws {
        #expect(try ConfigurationFolder.faults(ofAgent: text + "\n") == ["agents/front.yaml:2: " + message])
    }

    @Test("the file's name is an agent's name", arguments: ["Front.yaml", "a b.yaml", "é.yaml"])
    func fileName(name: String) throws {
        let faults = try ConfigurationFolder(agents: [name: ConfigurationFolder.agent]).faults
        #expect(faults.count == 1)
        #expect(faults[0].contains("name: comes from a file whose name is not lower-case letters"))
    }

    @Test("greetings are no longer than a voice takes at once")
    func greeting() throws {
        let limit = AgentConfiguration.maximumSpokenCharacters
        #expect(try ConfigurationFolder.faults(ofAgent: "greeting: \(String(repeating: "x", count: limit))\n").isEmpty)
        #expect(
            try ConfigurationFolder.faults(ofAgent: "greeting: \(String(repeating: "x", count: limit + 1))\n") == [
                "agents/front.yaml:2: greeting: has 2001 characters; allowed: 0 to 2000"
            ]
        )
    }

    @Test("the prompt and the tools have a limit together")
    func promptSize() throws {
        let limit = AgentConfiguration.maximumPromptBytes
        func faults(_ bytes: Int, _ rest: String = "") throws -> [String] {
            let prompt = "prompt: \(String(repeating: "x", count: bytes))\n"
            return try ConfigurationFolder(agents: ["front.yaml": prompt + rest]).faults
        }
        #expect(try faults(limit).isEmpty)
        #expect(try faults(limit + 1).count == 1)
        let tool = "tools: { http: [{ name: a, description: b, url: https://c }] }\n"
        let more = try faults(limit, tool)
        #expect(more.count == 1)
        #expect(more[0].contains("prompt: and the tools have"))
    }

    @Test("models have the defaults they accept")
    func modelDefaults() throws {
        func llm(_ text: String) throws -> AgentConfiguration.LLM? {
            let folder = try ConfigurationFolder(agents: ["front.yaml": "prompt: p\nllm: { \(text) }\n"])
            return try DialtoneConfiguration.load(path: folder.path).agents.first?.llm
        }
        #expect(try llm("model: claude-sonnet-5-5")?.thinking == "between_tools")
        #expect(try llm("thinking: default, effort: default")?.thinking == nil)
        #expect(try llm("thinking: default, effort: default")?.effort == nil)
        #expect(try llm("provider: openai, model: m")?.effort == nil)
        #expect(try llm("provider: openai, model: m, effort: minimal")?.effort == "minimal")
    }

    @Test(
        "a missing zone file, a path and a folder are no time zones",
        arguments: ["../etc/passwd", "/etc/localtime", "Europe", ""]
    )
    func timeZones(zone: String) throws {
        #expect(try ConfigurationFolder.faults(ofAgent: "time_zone: \"\(zone)\"\n").count >= 1)
    }
}
