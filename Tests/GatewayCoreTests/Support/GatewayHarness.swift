import Conversation
import HTTPServing
import Logging
import NIOCore
import NIOPosix
import Observability
import RequestSigning
import ServiceRuntime
import WorkerProtocol

@testable import GatewayCore

/// A whole gateway on loopback with workers of the test's own.
struct GatewayHarness: Sendable {
    static let authToken = "12345"
    static let publicURL = "https://voice.example.com"

    let group: MultiThreadedEventLoopGroup
    let directory: TemporaryDirectory
    let gateway: NIOLoopBound<Gateway>
    let server: HTTPServer
    let registry: MetricsRegistry

    /// Runs a test with a gateway and takes everything down afterwards.
    static func run(
        greeting: String = "",
        change: (inout GatewaySettings) -> Void = { _ in },
        _ body: @Sendable (GatewayHarness) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let directory = try TemporaryDirectory()
        let harness = try await start(group, directory, greeting: greeting, change: change)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(harness))
        } catch {
            result = .failure(error)
        }
        let gateway = harness.gateway
        try await gateway.eventLoop.flatSubmit { gateway.value.stop() }.get()
        await harness.server.close()
        try await group.shutdownGracefully()
        directory.remove()
        try result.get()
    }

    private static func start(
        _ group: MultiThreadedEventLoopGroup,
        _ directory: TemporaryDirectory,
        greeting: String,
        change: (inout GatewaySettings) -> Void
    ) async throws -> GatewayHarness {
        var agent = AgentProfile(name: "receptionist")
        agent.conversation.greeting = greeting
        agent.conversation.silence.filler = ""
        agent.conversation.turn.noInput = nil
        guard let publicURL = PublicURL(Self.publicURL) else { throw HTTPProbe.NoAnswer() }
        var settings = GatewaySettings(publicURL: publicURL, agents: [agent.name: agent], defaultAgent: agent.name)
        settings.runDirectory = directory.path
        settings.authTokens = [Secret(authToken)]
        settings.times.links.scanInterval = 20
        change(&settings)
        let checked = settings
        let registry = MetricsRegistry()
        let eventLoop = group.next()
        let gateway = try await eventLoop.submit {
            let gateway = Gateway(
                eventLoop: eventLoop,
                settings: checked,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                registry: registry,
                readiness: Readiness()
            )
            gateway.start()
            return NIOLoopBound(gateway, eventLoop: eventLoop)
        }.get()
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0), group: eventLoop) {
            gateway.value.handle($0, $1)
        }
        return GatewayHarness(
            group: group,
            directory: directory,
            gateway: gateway,
            server: server,
            registry: registry
        )
    }

    // MARK: - Asking the gateway

    /// Reads something on the gateway's loop.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Gateway) -> Value) async throws -> Value {
        try await gateway.eventLoop.submit { [gateway] in body(gateway.value) }.get()
    }

    /// Asks on the gateway's loop until it is so, at most ten seconds.
    func eventually(_ body: @escaping @Sendable (Gateway) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if try await read(body) { return }
            await Task.yield()
        }
        throw NeverSo()
    }

    struct NeverSo: Error {}

    func worker(
        _ role: WorkerRole,
        instance: String = "1",
        behaviour: FakeWorker.Behaviour = .init()
    ) async throws -> FakeWorker {
        try await FakeWorker.start(role, instance: instance, in: directory, group: group, behaviour: behaviour)
    }

    /// Waits until a link to each of these roles is up.
    func linked(_ roles: [WorkerRole] = WorkerRole.allCases, count: Int = 1) async throws {
        try await eventually { gateway in roles.allSatisfy { gateway.pool.openLinks($0) >= count } }
    }

    // MARK: - Twilio's part

    /// Sends a signed webhook.
    func webhook(
        _ target: String,
        call: String = "CA1",
        status: String = "ringing",
        to number: String = "+441632960002"
    ) async throws -> HTTPProbe.Answer {
        let form = [
            ("AccountSid", "AC1"), ("CallSid", call), ("From", "+441632960001"), ("To", number), ("CallStatus", status),
        ]
        let signature = TwilioSignature.sign(url: Self.publicURL + target, form: form, token: Self.authToken)
        return try await HTTPProbe.request(
            "POST",
            target,
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("X-Twilio-Signature", signature),
                ("Host", "voice.example.com"),
            ],
            body: FormURLEncoding.encode(form),
            port: server.port,
            group: group
        )
    }

    /// The value of a `<Parameter>` of a TwiML document.
    static func parameter(_ name: String, of document: String) -> String? {
        guard let start = document.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
        return document[start.upperBound...].split(separator: "\"", omittingEmptySubsequences: false).first.map(
            String.init
        )
    }

    func stream(sid: String = "MZ1", headers: [(String, String)] = []) async throws -> TwilioStream {
        try await TwilioStream.connect(
            to: "ws://127.0.0.1:\(server.port)/twilio/media",
            headers: headers,
            streamSID: sid,
            on: group.next()
        )
    }

    /// A webhook, and the stream it leads to, connected.
    func call(_ callSID: String = "CA1", streamSID: String = "MZ1") async throws -> TwilioStream {
        let document = try await webhook("/twilio/voice", call: callSID).body
        let stream = try await stream(sid: streamSID)
        stream.start(call: callSID, parameters: ["token": Self.parameter("token", of: document) ?? ""])
        try await eventually { $0.calls[callSID]?.stream?.streamSID == streamSID }
        return stream
    }
}
