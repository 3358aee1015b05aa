import Logging
import NIOCore
import NIOPosix
import Observability
import ServiceRuntime
import Testing

@testable import GatewayCore

@Suite struct GatewayProcessTests {
    private func run(
        listen: String = "127.0.0.1:0",
        environment: Environment = ["TWILIO_AUTH_TOKEN": "one"],
        skipsSignature: Bool = false,
        whileRunning: @escaping @Sendable (_ port: Int, TemporaryDirectory) async throws -> Void = { _, _ in },
        reloads: Bool = false
    ) async throws -> Int32 {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let text = "public_url: https://voice.example.com\ndefault_agent: receptionist\n"
        try directory.write(text, to: "dialtone.yaml")
        try directory.write("name: receptionist\nprompt: You answer calls.\n", to: "agents/receptionist.yaml")
        var options = GatewayOptions(configurationPath: directory.path)
        options.listen = listen
        options.runDirectory = directory.path
        options.skipsSignature = skipsSignature
        var service = ServiceOptions()
        service.logLevel = .critical
        service.drainSeconds = 5
        let (signals, continuation) = AsyncStream.makeStream(of: ServiceSignal.self)
        let problems = EventLog<String>()
        let code = await GatewayProcess.run(
            options,
            service: service,
            environment: environment,
            signals: signals
        ) { port in
            Task {
                do {
                    try await whileRunning(port, directory)
                } catch {
                    problems.append("\(error)")
                }
                if reloads { continuation.yield(.reload) }
                continuation.yield(.terminate)
            }
        }
        #expect(problems.all.isEmpty)
        return code
    }

    @Test func `A gateway answers until it is told to stop`() async throws {
        let code = try await run { port, _ in
            let group = MultiThreadedEventLoopGroup.singleton
            let ready = try await HTTPProbe.request("GET", "/readyz", port: port, group: group)
            #expect(ready.status == 200)
            #expect(ready.body.contains("stt: not ready"))
        }
        #expect(code == 0)
    }

    @Test func `A reload with a broken file changes nothing`() async throws {
        let code = try await run(
            whileRunning: { _, directory in try directory.write("nonsense: 1\n", to: "dialtone.yaml") },
            reloads: true
        )
        #expect(code == 0)
    }

    @Test func `Faults of the configuration end with 78`() async throws {
        #expect(try await run(environment: [:]) == 78)
        #expect(try await run(listen: "0.0.0.0:0", environment: [:], skipsSignature: true) == 78)
    }

    @Test func `An address that is taken ends with 69`() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let taken = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let port = taken.localAddress?.port ?? 0
        #expect(try await run(listen: "127.0.0.1:\(port)") == 69)
        try await taken.close().get()
    }
}
