import Glibc
import NIOCore
import NIOEmbedded
import Observability
import ServiceRuntime
import Testing

@Suite struct WatchdogTests {
    @Test func `a ping needs an answer of every loop since the last tick`() {
        let first = EmbeddedEventLoop()
        let second = EmbeddedEventLoop()
        let watchdog = Watchdog(eventLoops: [first, second])
        #expect(!watchdog.tick())
        first.run()
        #expect(!watchdog.tick())
        second.run()
        #expect(!watchdog.tick())
        first.run()
        second.run()
        #expect(watchdog.tick())
        #expect(!watchdog.tick())
    }

    @Test func `the interval counts only for this process`() {
        #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": "5000000"]) == .seconds(5))
        #expect(
            Watchdog.interval(environment: ["WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "\(getpid())"]) == .seconds(5)
        )
        #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": "0"]) == nil)
        #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": "soon"]) == nil)
        #expect(Watchdog.interval(environment: [:]) == nil)
    }
}
