import AsyncHTTPClient
import Glibc
package import LocalStack
import NIOCore
import NIOHTTP1
import NIOPosix
package import Simulators
import SystemPackage

/// A whole Dialtone on this machine, talking to simulated providers: for the demo, the benchmarks and the tests.
///
/// The processes are the real ones and speak the real protocols over loopback; only the providers and the carrier are
/// simulated, inside this process.
package final class Rehearsal: Sendable {
    /// What is rehearsed.
    package struct Options: Sendable {
        /// Folder of the executables.
        package var binaries: String

        /// How many instances of each worker.
        package var instances = ["stt": 1, "llm": 1, "tts": 1]

        /// What the simulated model answers.
        package var brain = Brain.receptionist

        /// Changes the agent.
        package var agent: @Sendable (inout RehearsalAgent) -> Void = { _ in }

        /// Lines added to `dialtone.yaml`.
        package var host = ""

        /// The twilio auth token, which signatures are made with.
        package var authToken = "rehearsal-token"

        /// Let requests through without a signature.
        package var skipsSignature = false

        /// Variables added to the processes' environment.
        package var environment: [String: String] = [:]

        /// How the simulated providers behave at the beginning.
        package var deepgram = DeepgramSettings()
        /// How the simulated model behaves at the beginning.
        package var anthropic = AnthropicSettings()

        /// Talk to the real providers with the keys of this process's environment.
        package var usesRealProviders = false

        /// `debug`, `info`, `notice`, `warning` or `error`.
        package var logLevel = "info"

        /// Speaks for the caller and is what the simulated recogniser finds the words in; nil: one of its own.
        package var voice: VoiceLibrary?

        /// Ordinary options.
        package init(binaries: String) { self.binaries = binaries }
    }

    /// The public URL of the rehearsed gateway; nobody resolves it.
    package static let publicURL = "https://voice.example.test"

    /// The simulated Deepgram.
    package let deepgram: FakeDeepgram

    /// The simulated Anthropic.
    package let anthropic: FakeAnthropic

    /// The simulated server of OpenAI's chat completions.
    package let openAI: FakeOpenAI

    /// The tool's endpoint.
    package let tools: FakeToolServer

    /// The caller's voice.
    package let voice: VoiceLibrary

    /// The processes.
    package let stack: LocalStack

    /// Where the gateway listens, `http://127.0.0.1:PORT`.
    package let gatewayURL: String

    /// The folder with the configuration and the sockets.
    package let folder: String

    private let options: Options
    private let group: MultiThreadedEventLoopGroup
    private let client: HTTPClient

    private init(
        options: Options,
        parts: Parts,
        stack: LocalStack,
        gatewayURL: String,
        folder: String
    ) {
        self.options = options
        deepgram = parts.deepgram
        anthropic = parts.anthropic
        openAI = parts.openAI
        tools = parts.tools
        voice = parts.voice
        group = parts.group
        client = HTTPClient(eventLoopGroupProvider: .shared(parts.group))
        self.stack = stack
        self.gatewayURL = gatewayURL
        self.folder = folder
    }

    private struct Parts {
        var group: MultiThreadedEventLoopGroup
        var deepgram: FakeDeepgram
        var anthropic: FakeAnthropic
        var openAI: FakeOpenAI
        var tools: FakeToolServer
        var voice: VoiceLibrary
    }

    /// Starts everything and waits until calls can be taken.
    ///
    /// - Parameters:
    ///   - options: what is rehearsed.
    ///   - onEvent: what happens to the processes, with their logs.
    /// - Returns: the running rehearsal; end it with ``stop()``.
    /// - Throws: ``RehearsalError`` when it is not ready in time; what a part throws that cannot start.
    package static func start(
        _ options: Options,
        onEvent: @escaping @Sendable (LocalStack.Event) -> Void = { _ in }
    ) async throws -> Rehearsal {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let voice: VoiceLibrary
        if let given = options.voice { voice = given } else { voice = await .automatic() }
        var anthropic = options.anthropic
        anthropic.brain = options.brain
        var openAI = OpenAISettings()
        openAI.profile = .vllm
        openAI.brain = options.brain
        let parts = Parts(
            group: group,
            deepgram: try await .start(group: group, settings: options.deepgram, voice: voice),
            anthropic: try await .start(group: group, settings: anthropic),
            openAI: try await .start(group: group, settings: openAI),
            tools: try await .start(group: group),
            voice: voice
        )
        let folder = try makeFolder()
        let port = try freePort()
        var agent = RehearsalAgent(toolURL: parts.tools.url + "/find_slot")
        options.agent(&agent)
        try writeConfiguration(folder: folder, port: port, agent: agent, host: options.host)
        let stack = LocalStack(
            settings: stackSettings(options, parts: parts, folder: folder),
            onEvent: onEvent
        )
        let rehearsal = Rehearsal(
            options: options,
            parts: parts,
            stack: stack,
            gatewayURL: "http://127.0.0.1:\(port)",
            folder: folder
        )
        do {
            try stack.start()
            try await rehearsal.waitUntilReady()
        } catch {
            await rehearsal.stop()
            throw error
        }
        return rehearsal
    }

    /// A call to the rehearsed gateway, not begun yet.
    package func configuration() -> CallConfiguration {
        var configuration = CallConfiguration(publicURL: Self.publicURL)
        configuration.via = gatewayURL
        configuration.authToken = options.authToken
        return configuration
    }

    /// Fetches a page of the gateway.
    package func get(_ path: String) async throws -> (status: Int, body: String) {
        let response = try await client.execute(HTTPClientRequest(url: gatewayURL + path), timeout: .seconds(5))
        let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
        return (Int(response.status.code), body)
    }

    /// Waits until the gateway has a worker of every role.
    ///
    /// - Throws: ``RehearsalError/notReady(_:)`` after 20 s.
    package func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        var last = "no answer"
        while ContinuousClock.now < deadline {
            if let answer = try? await get("/readyz") {
                last = "\(answer.status) \(answer.body)"
                if answer.status == 200 { return }
            }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw RehearsalError.notReady(last)
    }

    /// Ends everything and removes the folder.
    package func stop() async {
        await stack.stop()
        await deepgram.stop()
        await anthropic.stop()
        await openAI.stop()
        await tools.stop()
        try? await client.shutdown()
        try? await group.shutdownGracefully()
        RehearsalFiles.remove(folder)
    }

    // MARK: - Setting up

    private static func stackSettings(_ options: Options, parts: Parts, folder: String) -> StackSettings {
        var settings = StackSettings(
            binaries: options.binaries,
            configuration: folder + "/config",
            runDirectory: folder + "/run"
        )
        settings.instances = options.instances
        settings.insecureSkipSignature = options.skipsSignature
        settings.logLevel = options.logLevel
        settings.environment = ["TWILIO_AUTH_TOKEN": options.authToken]
        if !options.usesRealProviders {
            settings.environment["DEEPGRAM_API_KEY"] = "simulated"
            settings.environment["ANTHROPIC_API_KEY"] = "simulated"
            settings.environment["DEEPGRAM_BASE_URL"] = parts.deepgram.url
            settings.environment["ANTHROPIC_BASE_URL"] = parts.anthropic.url
            settings.environment["OPENAI_API_KEY"] = "simulated"
            settings.environment["OPENAI_BASE_URL"] = parts.openAI.url
        }
        settings.environment.merge(options.environment) { $1 }
        return settings
    }

    private static func writeConfiguration(folder: String, port: Int, agent: RehearsalAgent, host: String) throws {
        let hostFile = """
            public_url: \(publicURL)
            listen: 127.0.0.1:\(port)
            run_directory: \(folder)/run
            default_agent: receptionist
            \(host)

            """
        try RehearsalFiles.makeFolder(folder + "/config")
        try RehearsalFiles.makeFolder(folder + "/config/agents")
        try RehearsalFiles.write(hostFile, to: folder + "/config/dialtone.yaml")
        try RehearsalFiles.write(agent.yaml, to: folder + "/config/agents/receptionist.yaml")
    }

    private static func makeFolder() throws -> String {
        let folder = "/tmp/dialtone-\(getpid())-\(UInt32.random(in: .min ... .max))"
        try RehearsalFiles.makeFolder(folder)
        return folder
    }

    /// A port nobody listens on now.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address lives through both calls, and its size is given.
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw Errno(rawValue: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Why a rehearsal could not begin.
package enum RehearsalError: Error, CustomStringConvertible {
    /// The gateway never said it was ready; its last answer.
    case notReady(String)

    package var description: String {
        switch self {
        case .notReady(let last): "the gateway did not become ready within 20 s; its last answer: \(last)"
        }
    }
}
