import ServiceRuntime
import Synchronization
import Testing

@Suite struct ReadinessTests {
    @Test func `nothing is ready, a part is not until it says so`() {
        let readiness = Readiness()
        #expect(readiness.isReady)
        readiness.add("listener")
        #expect(!readiness.isReady)
        #expect(readiness.missing == ["listener"])
        readiness.set("listener", isReady: true)
        #expect(readiness.isReady)
        #expect(readiness.text == "listener: ready\n")
    }

    @Test func `a part that is not required is shown and does not count`() {
        let readiness = Readiness()
        readiness.add("stt", isRequired: false, note: "no worker")
        readiness.add("listener")
        readiness.set("listener", isReady: true, note: "127.0.0.1:8080")
        #expect(readiness.isReady)
        #expect(readiness.missing.isEmpty)
        #expect(readiness.text == "listener: ready (127.0.0.1:8080)\nstt: not ready (no worker)\n")
        readiness.set("stt", isReady: false, note: "lost")
        #expect(readiness.isReady)
    }

    @Test func `observers hear the state at once and each change once`() {
        final class Recorder: Sendable { let states = Mutex<[Bool]>([]) }
        let recorder = Recorder()
        let readiness = Readiness()
        readiness.add("a")
        readiness.add("b")
        readiness.observe { isReady in recorder.states.withLock { $0.append(isReady) } }
        readiness.set("a", isReady: true)
        readiness.set("b", isReady: true)
        readiness.set("b", isReady: true, note: "still")
        readiness.set("a", isReady: false)
        #expect(recorder.states.withLock { $0 } == [false, true, false])
    }
}
