import Glibc
import HTTPServing
import Logging
import NIOCore
import NIOPosix
import Observability
import Synchronization
import Testing

@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(1))) struct ServiceProcessTests {
    /// Remembers what was asked of it; drains until it is cancelled if `hasWork`.
    private final class Service: RunningService {
        let events = Mutex<[String]>([])
        let hasWork: Bool
        let status = "Serving 0 of 1 sessions"

        init(hasWork: Bool = false) {
            self.hasWork = hasWork
        }

        func drain() async {
            note("drain")
            if hasWork {
                let (never, continuation) = AsyncStream.makeStream(of: Never.self)
                for await _ in never {}
                withExtendedLifetime(continuation) {}
                note("cancelled")
            }
        }

        func stop() async { note("stop") }

        func reload() async { note("reload") }

        private func note(_ event: String) { events.withLock { $0.append(event) } }
    }

    private func options(drainSeconds: Int = 20) -> ServiceOptions {
        var options = ServiceOptions()
        options.logLevel = .critical
        options.drainSeconds = drainSeconds
        return options
    }

    @Test func `the manager sees start, reload and stop, and the process ends with 0`() async throws {
        let manager = try FakeServiceManager()
        let service = Service()
        let (signals, signal) = AsyncStream.makeStream(of: ServiceSignal.self)
        async let code = ServiceProcess.run(
            name: "test",
            options: options(),
            environment: ["NOTIFY_SOCKET": manager.path],
            signals: signals
        ) { _ in service }
        #expect(try await manager.next(with: "READY=1").contains("STATUS=Serving 0 of 1 sessions"))
        signal.yield(.reload)
        #expect(try await manager.next(with: "RELOADING=1").contains("STATUS=Reloading"))
        _ = try await manager.next(with: "READY=1")
        signal.yield(.terminate)
        _ = try await manager.next(with: "STOPPING=1")
        #expect(await code == 0)
        #expect(service.events.withLock { $0 } == ["reload", "drain", "stop"])
    }

    @Test func `the manager hears the watchdog while the loops turn`() async throws {
        let manager = try FakeServiceManager()
        let (signals, signal) = AsyncStream.makeStream(of: ServiceSignal.self)
        async let code = ServiceProcess.run(
            name: "test",
            options: options(),
            environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "20000"],
            signals: signals
        ) { _ in Service() }
        _ = try await manager.next(with: "WATCHDOG=1")
        _ = try await manager.next(with: "WATCHDOG=1")
        signal.yield(.terminate)
        #expect(await code == 0)
    }

    @Test func `it is not ready before every required part is`() async throws {
        let manager = try FakeServiceManager()
        let (signals, signal) = AsyncStream.makeStream(of: ServiceSignal.self)
        let (contexts, handOver) = AsyncStream.makeStream(of: ServiceContext.self)
        async let code = ServiceProcess.run(
            name: "test",
            options: options(),
            environment: ["NOTIFY_SOCKET": manager.path],
            signals: signals
        ) { context in
            context.readiness.add("provider")
            handOver.yield(context)
            return Service()
        }
        let status = try await manager.next(with: "STATUS=Serving 0 of 1 sessions (not ready: provider)")
        #expect(!status.contains("READY=1"))
        for await context in contexts {
            context.readiness.set("provider", isReady: true)
            break
        }
        _ = try await manager.next(with: "READY=1")
        signal.yield(.terminate)
        #expect(await code == 0)
    }

    @Test func `a start that fails ends the process with its own code`() async {
        for (failure, expected) in [
            (StartupFailure(.configuration, "no key"), Int32(78)), (StartupFailure(.unavailable, "busy"), Int32(69)),
        ] {
            let code = await ServiceProcess.run(
                name: "test",
                options: quiet(),
                environment: [:],
                signals: AsyncStream { $0.finish() }
            ) { _ in throw failure }
            #expect(code == expected)
        }
    }

    private func quiet() -> ServiceOptions {
        var options = options()
        options.logFormat = .json
        return options
    }

    @Test func `draining ends when its time is over`() async {
        let service = Service(hasWork: true)
        let code = await ServiceProcess.run(
            name: "test",
            options: options(drainSeconds: 0),
            environment: [:],
            signals: AsyncStream { $0.yield(.terminate) }
        ) { _ in service }
        #expect(code == 0)
        #expect(service.events.withLock { $0 } == ["drain", "cancelled", "stop"])
    }

    @Test func `a second signal cuts the draining short`() async {
        let service = Service(hasWork: true)
        let code = await ServiceProcess.run(
            name: "test",
            options: options(drainSeconds: 3_600),
            environment: [:],
            signals: AsyncStream {
                $0.yield(.terminate)
                $0.yield(.reload)
                $0.yield(.terminate)
            }
        ) { _ in service }
        #expect(code == 0)
        #expect(service.events.withLock { $0 } == ["drain", "cancelled", "stop"])
    }

    @Test func `the admin socket answers while the service runs and is gone afterwards`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/admin.sock"
        var options = options()
        options.admin = .unix(path: path)
        let (signals, signal) = AsyncStream.makeStream(of: ServiceSignal.self)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        async let code = ServiceProcess.run(name: "test", options: options, environment: [:], signals: signals) { _ in
            start.yield()
            return Service()
        }
        for await _ in started { break }
        let reply = try await get("/metrics", path)
        #expect(reply.hasPrefix("HTTP/1.1 200"))
        #expect(reply.contains("process_resident_memory_bytes"))
        #expect(try await get("/nothing", path).hasPrefix("HTTP/1.1 404"))
        signal.yield(.terminate)
        #expect(await code == 0)
        // The path is borrowed for the call.
        #expect(unsafe access(path, F_OK) != 0)
    }

    /// The whole reply to a request on a Unix socket.
    private func get(_ target: String, _ path: String) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(string: "GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            )
            var reply = ""
            for try await part in inbound { reply += String(buffer: part) }
            return reply
        }
    }
}
