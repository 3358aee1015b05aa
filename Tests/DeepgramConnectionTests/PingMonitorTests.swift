import DeepgramConnection
import Testing

@Suite struct PingMonitorTests {
    @Test func twoPingsWithoutAnAnswerAreTheEnd() {
        var monitor = PingMonitor()
        #expect(monitor.ticked() == .ping)
        #expect(monitor.ticked() == .ping)
        #expect(monitor.ticked() == .dead)
    }

    @Test func anythingHeardStartsTheCountAnew() {
        var monitor = PingMonitor()
        #expect(monitor.ticked() == .ping)
        #expect(monitor.ticked() == .ping)
        monitor.heard()
        #expect(monitor.ticked() == .ping)
        #expect(monitor.ticked() == .ping)
        #expect(monitor.ticked() == .dead)
    }
}
