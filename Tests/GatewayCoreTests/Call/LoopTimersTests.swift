import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayCore

@Suite struct LoopTimersTests {
    private final class Fired {
        var names: [String] = []
    }

    @Test func `Timers fire on time and in order, and only while they are set`() {
        let loop = EmbeddedEventLoop()
        let timers = LoopTimers(eventLoop: loop)
        let fired = Fired()
        timers.set(milliseconds: 200) { fired.names.append("later") }
        timers.set(milliseconds: 20) { fired.names.append("sooner") }
        let cancelled = timers.set(milliseconds: 100) { fired.names.append("never") }
        timers.cancel(cancelled)
        loop.advanceTime(by: .milliseconds(19))
        #expect(fired.names.isEmpty)
        loop.advanceTime(by: .milliseconds(1))
        #expect(fired.names == ["sooner"])
        loop.advanceTime(by: .milliseconds(180))
        #expect(fired.names == ["sooner", "later"])
    }

    @Test func `A timer may set another`() {
        let loop = EmbeddedEventLoop()
        let timers = LoopTimers(eventLoop: loop)
        let fired = Fired()
        timers.set(milliseconds: 10) {
            fired.names.append("first")
            timers.set(milliseconds: 10) { fired.names.append("second") }
        }
        loop.advanceTime(by: .milliseconds(10))
        #expect(fired.names == ["first"])
        loop.advanceTime(by: .milliseconds(10))
        #expect(fired.names == ["first", "second"])
    }

    @Test func `A timer that is due together with the one that cancels it does not fire`() {
        let loop = EmbeddedEventLoop()
        let timers = LoopTimers(eventLoop: loop)
        let fired = Fired()
        var handle: LoopTimers.Handle?
        timers.set(milliseconds: 10) {
            fired.names.append("first")
            timers.cancel(handle)
            handle = timers.set(milliseconds: 50) { fired.names.append("anew") }
        }
        handle = timers.set(milliseconds: 10) { fired.names.append("never") }
        timers.set(milliseconds: 10) { fired.names.append("last") }
        loop.advanceTime(by: .milliseconds(100))
        #expect(fired.names == ["first", "last", "anew"])
    }

    @Test func `Stopped timers do not fire`() {
        let loop = EmbeddedEventLoop()
        let timers = LoopTimers(eventLoop: loop)
        let fired = Fired()
        timers.set(milliseconds: 10) { fired.names.append("never") }
        timers.stop()
        loop.advanceTime(by: .seconds(1))
        #expect(fired.names.isEmpty)
    }
}
