import ArgumentParser
import Simulators

/// What the simulated language models' commands have in common.
struct FakeModelOptions: ParsableArguments {
    @Option(help: "The only API key let in; without it every key is.")
    var key: String?

    @Option(help: "Milliseconds from the request to the first words.")
    var firstToken = 200

    @Option(help: "Milliseconds between pieces of the answer.")
    var betweenTokens = 20

    @Option(help: "Who answers: receptionist, echo, or say:TEXT.")
    var brain = "receptionist"

    @Option(help: "How the next requests fail, with *COUNT for several: \(ModelFault.forms).")
    var fail: [String] = []

    @Option(help: "How every request fails.")
    var always: String?

    @Flag(help: "Print everything that happens.")
    var verbose = false

    /// The timing asked for.
    var timing: StreamTiming { StreamTiming(firstToken: firstToken, betweenTokens: betweenTokens) }

    /// The brain asked for.
    func makeBrain() throws -> Brain {
        switch brain {
        case "receptionist": return .receptionist
        case "echo": return .echo
        default:
            guard brain.hasPrefix("say:") else {
                throw ValidationError("'\(brain)' is not a brain; use receptionist, echo or say:TEXT")
            }
            return .fixed(String(brain.dropFirst("say:".count)))
        }
    }

    /// The faults of the next requests.
    func makeFaults() throws -> [ModelFault] {
        try FakeRun.faults(fail, ModelFault.init, forms: ModelFault.forms)
    }

    /// The fault of every request.
    func makeStandingFault() throws -> ModelFault? {
        try FakeRun.faults(always.map { [$0] } ?? [], ModelFault.init, forms: ModelFault.forms).first
    }
}

/// `dialtone fake anthropic`: the Messages API on this machine.
struct FakeAnthropicCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anthropic",
        abstract: "Run an Anthropic (POST /v1/messages, GET /v1/models)."
    )

    @Option(help: "Port on the loopback; 0 takes a free one.")
    var port = 8702

    @OptionGroup var options: FakeModelOptions

    func run() async throws {
        var settings = AnthropicSettings()
        settings.apiKeys = options.key.map { [$0] }
        settings.timing = options.timing
        settings.brain = try options.makeBrain()
        settings.fault = try options.makeStandingFault()
        let faults = try options.makeFaults()
        let fake = try await FakeAnthropic.start(on: port, settings: settings)
        for fault in faults { fake.failNext(with: fault) }
        let key = options.key ?? "any"
        let hint = "Anthropic is at \(fake.url)\nexport ANTHROPIC_BASE_URL=\(fake.url) ANTHROPIC_API_KEY=\(key)"
        await FakeRun.wait(hint, events: fake.events, isVerbose: options.verbose)
        await fake.stop()
    }
}

/// `dialtone fake openai`: the chat completions API on this machine.
struct FakeOpenAICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openai",
        abstract: "Run a server of chat completions: OpenAI, or with the manners of Ollama or vLLM."
    )

    @Option(help: "Port on the loopback; 0 takes a free one.")
    var port = 8703

    @Option(help: "Whose manners it has: openai, ollama or vllm.")
    var profile = "openai"

    @OptionGroup var options: FakeModelOptions

    func run() async throws {
        guard let profile = OpenAIProfile(rawValue: profile) else {
            throw ValidationError("'\(profile)' is not a profile; use openai, ollama or vllm")
        }
        var settings = OpenAISettings()
        settings.profile = profile
        settings.apiKeys = options.key.map { [$0] }
        settings.timing = options.timing
        settings.brain = try options.makeBrain()
        settings.fault = try options.makeStandingFault()
        let faults = try options.makeFaults()
        let fake = try await FakeOpenAI.start(on: port, settings: settings)
        for fault in faults { fake.failNext(with: fault) }
        let key = options.key ?? "any"
        let hint = "OpenAI is at \(fake.url)\nexport OPENAI_BASE_URL=\(fake.url) OPENAI_API_KEY=\(key)"
        await FakeRun.wait(hint, events: fake.events, isVerbose: options.verbose)
        await fake.stop()
    }
}
