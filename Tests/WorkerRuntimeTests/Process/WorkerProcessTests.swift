import Glibc
import JSONText
import Logging
import NIOCore
import Observability
import Testing
import WorkerProtocol

@testable import ServiceRuntime
@testable import WorkerRuntime

@Suite(.timeLimit(.minutes(1))) struct WorkerProcessTests {
    @Test func `a session over a real socket, from hello to closed`() async throws {
        let worker = try await RunningProcess()
        let gateway = try await RawGateway.opened(path: worker.path)
        try await gateway.send(
            .open(1),
            .bytes(.audio, 1, Array(repeating: 0xFF, count: 160)),
            .control(1, ["type": "say", "text": "hello"])
        )
        #expect(await gateway.next() == .bytes(.text, 1, Array("hello".utf8)))
        try await gateway.send(.control(1, ["type": "close"]))
        #expect(await gateway.next()?.type == "closed")
        #expect(worker.service.events == ["start", "open 1", "audio 1 160", "control 1 say", "control 1 close"])
        #expect(await worker.stop() == 0)
        #expect(worker.service.events.last == "stop")
        #expect(!worker.hasSocket)
    }

    @Test func `a gateway of another protocol gets our hello and is closed`() async throws {
        let worker = try await RunningProcess()
        let gateway = try await RawGateway(path: worker.path)
        try await gateway.send(.hello(versions: [7]))
        #expect(await gateway.next()?.type == "hello")
        #expect(await gateway.next() == nil)
        #expect(await worker.stop() == 0)
    }

    @Test func `a connection that says nothing is closed`() async throws {
        let worker = try await RunningProcess(settings: LinkSettings())
        let gateway = try await RawGateway(path: worker.path)
        #expect(await gateway.next()?.type == "hello")
        #expect(await gateway.next() == nil)
        #expect(await worker.stop() == 0)
    }

    @Test(arguments: [[0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 5, 77, 0, 0, 0, 1]] as [[UInt8]])
    func `garbage closes its link and no other`(bytes: [UInt8]) async throws {
        let worker = try await RunningProcess()
        let bad = try await RawGateway.opened(path: worker.path)
        let good = try await RawGateway.opened(path: worker.path)
        try await bad.send(.open(1))
        try await good.send(.open(1), .control(1, ["type": "tell", "number": 1]))
        #expect(await good.next()?.json["number"] == 1)
        try await bad.send(bytes: ByteBuffer(bytes: bytes))
        #expect(await bad.next() == nil)
        try await good.send(.control(1, ["type": "tell", "number": 2]))
        #expect(await good.next()?.json["number"] == 2)
        #expect(await worker.stop(cutting: good) == 0)
    }

    @Test func `a malformed control body ends its session only`() async throws {
        let worker = try await RunningProcess()
        let gateway = try await RawGateway.opened(path: worker.path)
        try await gateway.send(.open(1), .open(2), .bytes(.control, 1, Array("{oops".utf8)))
        let failed = await gateway.next()
        #expect(failed?.session == 1)
        #expect(failed?.type == "failed")
        try await gateway.send(.control(2, ["type": "tell", "number": 2]))
        #expect(await gateway.next()?.session == 2)
        #expect(await worker.stop(cutting: gateway) == 0)
    }

    @Test func `two links have the same session numbers and one capacity`() async throws {
        let worker = try await RunningProcess(capacity: 2)
        let first = try await RawGateway.opened(path: worker.path)
        let second = try await RawGateway.opened(path: worker.path)
        try await first.send(.open(1), .control(1, ["type": "say", "text": "one"]))
        #expect(await first.next() == .bytes(.text, 1, Array("one".utf8)))
        try await second.send(.open(1), .control(1, ["type": "say", "text": "two"]))
        #expect(await second.next() == .bytes(.text, 1, Array("two".utf8)))
        try await second.send(.open(2))
        #expect(await second.next()?.type == "refused")
        try await first.send(.control(1, ["type": "close"]))
        #expect(await first.next()?.type == "closed")
        try await second.send(.open(3), .control(3, ["type": "tell", "number": 3]))
        #expect(await second.next()?.json["number"] == 3)
        #expect(await worker.stop(cutting: second) == 0)
    }

    @Test func `a gateway that falls silent is taken for dead`() async throws {
        var settings = RunningProcess.patient
        settings.heartbeatInterval = .milliseconds(20)
        let worker = try await RunningProcess(settings: settings)
        let gateway = try await RawGateway(path: worker.path)
        try await gateway.send(.hello(), .open(1))
        #expect(await gateway.next("heartbeat") != nil)
        #expect(await gateway.next() == nil)
        #expect(await worker.stop() == 0)
        #expect(worker.service.events == ["start", "open 1", "closed 1", "stop"])
    }

    @Test func `a gateway that does not read loses audio, and nothing else`() async throws {
        let worker = try await RunningProcess()
        let gateway = try await RawGateway.opened(path: worker.path)
        try await gateway.setReading(false)
        var buffer = ByteBuffer()
        try Frame.open(1).append(to: &buffer)
        for _ in 0..<40 { try Frame.control(1, ["type": "play", "count": 100_000]).append(to: &buffer) }
        try Frame.control(1, ["type": "tell", "number": 9]).append(to: &buffer)
        try await gateway.send(bytes: buffer)
        await worker.service.happened("control 1 tell")
        try await gateway.setReading(true)
        var audioBytes = 0
        while let frame = await gateway.next(), frame.type != "told" { audioBytes += frame.body.readableBytes }
        #expect(audioBytes > 100_000)
        #expect(audioBytes < 4_000_000)
        try await gateway.send(.control(1, ["type": "close"]))
        #expect(await gateway.next()?.type == "closed")
        #expect(await worker.stop() == 0)
    }

    @Test func `draining lets sessions end, takes no more, and removes the path`() async throws {
        let worker = try await RunningProcess()
        let gateway = try await RawGateway.opened(path: worker.path)
        try await gateway.send(.open(1), .control(1, ["type": "tell", "number": 1]))
        #expect(await gateway.next()?.type == "told")
        worker.signal.yield(.terminate)
        #expect(await gateway.next() == .control(0, ["type": "draining"]))
        try await gateway.send(.open(2), .control(1, ["type": "tell", "number": 2]))
        #expect(await gateway.next()?.type == "refused")
        #expect(await gateway.next()?.json["number"] == 2)
        try await gateway.send(.control(1, ["type": "close"]))
        #expect(await gateway.next()?.type == "closed")
        #expect(await worker.ended() == 0)
        #expect(!worker.hasSocket)
        #expect(worker.service.events.contains("drain 1"))
        #expect(!worker.service.events.contains("open 2"))
    }

    @Test func `the drain time over, sessions are cut`() async throws {
        let worker = try await RunningProcess(drainSeconds: 0)
        let gateway = try await RawGateway.opened(path: worker.path)
        try await gateway.send(.open(1), .control(1, ["type": "tell", "number": 1]))
        #expect(await gateway.next()?.type == "told")
        #expect(await worker.stop() == 0)
        #expect(worker.service.events.suffix(2) == ["closed 1", "stop"])
    }

    @Test func `a socket somebody listens on is not taken over`() async throws {
        let worker = try await RunningProcess()
        let code = await WorkerProcess.run(
            ScriptedService(),
            options: WorkerOptions(socketPath: worker.path, logLevel: .critical),
            settings: LinkSettings(),
            environment: [:],
            signals: AsyncStream { $0.finish() }
        )
        #expect(code == 69)
        let gateway = try await RawGateway.opened(path: worker.path)
        try await gateway.close()
        #expect(await worker.stop() == 0)
    }

    @Test func `a service that cannot start ends the process and is stopped`() async {
        let service = ScriptedService(failsToStart: true)
        let code = await WorkerProcess.run(
            service,
            options: WorkerOptions(socketPath: "/tmp/dialtone-never/1.sock", logLevel: .critical),
            settings: LinkSettings(),
            environment: [:],
            signals: AsyncStream { $0.finish() }
        )
        #expect(code == 69)
        #expect(service.events == ["start", "stop"])
    }
}

extension RunningProcess {
    /// Stops the worker after its last session has gone with the link.
    fileprivate func stop(cutting gateway: RawGateway) async -> Int32 {
        try? await gateway.close()
        return await stop()
    }
}
