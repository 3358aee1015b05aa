import Observability
import Testing

@testable import ServiceRuntime

@Suite(.timeLimit(.minutes(1))) struct ServiceManagerNotifierTests {
    private func notifier(_ manager: FakeServiceManager) -> ServiceManagerNotifier {
        ServiceManagerNotifier(environment: ["NOTIFY_SOCKET": manager.path])
    }

    @Test(arguments: [false, true])
    func `the manager sees every message on a path or an abstract name`(isAbstract: Bool) async throws {
        let manager = try FakeServiceManager(isAbstract: isAbstract)
        let notifier = notifier(manager)
        #expect(notifier.isEnabled)
        notifier.ready(status: "Serving")
        notifier.status("Serving 1 of 200 sessions on 1 link")
        notifier.watchdog()
        notifier.extendTimeout(milliseconds: 5_000)
        notifier.reloading()
        notifier.stopping(status: "Draining: 1 session left")
        #expect(try await manager.next() == ["READY=1", "STATUS=Serving"])
        #expect(try await manager.next() == ["STATUS=Serving 1 of 200 sessions on 1 link"])
        #expect(try await manager.next() == ["WATCHDOG=1"])
        #expect(try await manager.next() == ["EXTEND_TIMEOUT_USEC=5000000"])
        let reloading = try await manager.next()
        #expect(reloading.first == "RELOADING=1")
        #expect(reloading.contains { $0.hasPrefix("MONOTONIC_USEC=") })
        #expect(try await manager.next() == ["STOPPING=1", "STATUS=Draining: 1 session left"])
    }

    @Test func `a status is sent once until it changes, on one line`() async throws {
        let manager = try FakeServiceManager()
        let notifier = notifier(manager)
        notifier.status("a\nWATCHDOG=trigger")
        notifier.status("a\nWATCHDOG=trigger")
        notifier.status("b")
        #expect(try await manager.next() == ["STATUS=a WATCHDOG=trigger"])
        #expect(try await manager.next() == ["STATUS=b"])
    }

    @Test(arguments: ["", "relative/path", "/", "vsock:1:2", String(repeating: "/x", count: 60)])
    func `an address that is none of ours is ignored`(address: String) {
        let notifier = ServiceManagerNotifier(environment: ["NOTIFY_SOCKET": address])
        #expect(!notifier.isEnabled)
        notifier.ready(status: "Serving")
    }

    @Test func `a manager that is gone does no harm`() throws {
        let manager = try FakeServiceManager()
        let notifier = ServiceManagerNotifier(environment: ["NOTIFY_SOCKET": manager.path + "-gone"])
        notifier.ready(status: "Serving")
        notifier.watchdog()
    }
}
