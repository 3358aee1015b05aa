import AgentConfiguration
import Observability
import ServiceRuntime
import Testing

@testable import GatewayCore

@Suite struct LoadedGatewayTests {
    private static let yaml = """
        public_url: https://voice.example.com
        listen: 127.0.0.1:8080
        default_agent: receptionist
        limits: { calls: 7 }
        """

    private func load(
        _ yaml: String = yaml,
        environment: Environment = ["TWILIO_AUTH_TOKEN": "one,two"],
        change: (inout GatewayOptions) -> Void = { _ in }
    ) throws -> LoadedGateway {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write(yaml, to: "dialtone.yaml")
        try directory.write("name: receptionist\nprompt: You answer calls.\n", to: "agents/receptionist.yaml")
        var options = GatewayOptions(configurationPath: directory.path)
        change(&options)
        return try LoadedGateway(options: options, environment: environment)
    }

    private func exitCode(_ body: () throws -> LoadedGateway) -> ExitCode? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? StartupFailure)?.exitCode
        }
    }

    @Test func `Configuration, flags and secrets come together`() throws {
        let loaded = try load { options in
            options.listen = "[::1]:9000"
            options.publicURL = "https://other.example"
            options.runDirectory = "/tmp/x"
        }
        #expect(loaded.settings.maximumCalls == 7)
        #expect(loaded.settings.publicURL.origin == "https://other.example")
        #expect(loaded.settings.runDirectory == "/tmp/x")
        #expect(loaded.listen.host == "::1")
        #expect(loaded.listen.port == 9000)
        #expect(loaded.settings.authTokens.map { $0.reveal() } == ["one", "two"])
        #expect(loaded.settings.agent(calling: "+1")?.name == "receptionist")
    }

    @Test func `Without an auth token the gateway does not start`() {
        #expect(exitCode { try load(environment: [:]) } == .configuration)
        #expect(exitCode { try load(environment: ["TWILIO_AUTH_TOKEN": " , "]) } == .configuration)
    }

    @Test func `Checks are skipped on loopback only`() {
        #expect(exitCode { try load(environment: [:]) { $0.skipsSignature = true } } == nil)
        #expect(
            exitCode {
                try load(environment: [:]) { options in
                    options.skipsSignature = true
                    options.listen = "0.0.0.0:8080"
                }
            } == .configuration
        )
    }

    @Test func `Faults of files and flags are faults of the configuration`() {
        #expect(exitCode { try load("listen: nowhere") } == .configuration)
        #expect(exitCode { try load { $0.listen = "nowhere" } } == .configuration)
        #expect(exitCode { try load { $0.publicURL = "nowhere" } } == .configuration)
        #expect(exitCode { try load { $0.configurationPath = "/nonexistent" } } == .configuration)
    }
}
