import JSONText
import LLMWorkerCore
import Testing
import WorkerProtocol

@Suite("Reply state machine")
struct ReplyStateMachineTests {
    private static let broken = ProviderFailure.transport("broken", provider: "p")
    private static let call = ModelToolCall(id: "a", name: "t", input: .valid([:]))

    private func asking() -> ReplyStateMachine {
        var machine = ReplyStateMachine(provider: "p")
        #expect(machine.started() == .ask)
        return machine
    }

    @Test("words leave at once and the end comes once")
    func plain() {
        var machine = asking()
        #expect(machine.received(.progress) == .none)
        #expect(machine.received(.text("Hi")) == .speak("Hi"))
        #expect(machine.received(.toolCall(Self.call)) == .callTool(Self.call))
        #expect(machine.received(.finished(.toolUse)) == .end(.toolUse))
        #expect(machine.isOver)
    }

    @Test("nothing has any effect after the end")
    func afterTheEnd() {
        var machine = asking()
        #expect(machine.cancelled() == .end(.cancelled))
        #expect(machine.received(.text("late")) == .none)
        #expect(machine.received(.finished(.endTurn)) == .none)
        #expect(machine.requestFailed(Self.broken) == .none)
        #expect(machine.deadlinePassed(milliseconds: 1) == .none)
        #expect(machine.limitPassed(milliseconds: 1) == .none)
        #expect(machine.pauseEnded() == .none)
        #expect(machine.cancelled() == .none)
        #expect(machine.started() == .none)
    }

    @Test("a broken request is asked once more, not twice")
    func retry() {
        var machine = asking()
        #expect(machine.requestFailed(Self.broken) == .pause)
        #expect(machine.pauseEnded() == .ask)
        #expect(machine.requestFailed(Self.broken) == .fail(Self.broken.failure))
    }

    @Test("progress without words does not prevent the second attempt, words do")
    func retryAfterOutput() {
        var silent = asking()
        #expect(silent.received(.progress) == .none)
        #expect(silent.received(.failed(Self.broken)) == .pause)
        var spoken = asking()
        #expect(spoken.received(.text("Hi")) == .speak("Hi"))
        #expect(spoken.received(.failed(Self.broken)) == .fail(Self.broken.failure))
    }

    @Test("what is not worth it is not asked again")
    func noRetry() {
        var overloaded = asking()
        let busy = ProviderFailure(WorkerFailure(.overloaded, detail: ""))
        #expect(overloaded.requestFailed(busy) == .fail(busy.failure))
        var rejected = asking()
        let wrong = ProviderFailure(WorkerFailure(.rejected, isPermanent: true, detail: ""), isWorthQuickRetry: true)
        #expect(rejected.requestFailed(wrong) == .fail(wrong.failure))
    }

    @Test("a wait that is asked for may be short, but not long", arguments: [(250, true), (251, false)])
    func retryAfter(milliseconds: Int, isRetried: Bool) {
        var failure = Self.broken
        failure.failure.retryAfterMilliseconds = milliseconds
        var machine = asking()
        #expect(machine.requestFailed(failure) == (isRetried ? .pause : .fail(failure.failure)))
    }

    @Test("deadlines end in a failure that says which")
    func deadlines() {
        var first = asking()
        #expect(first.deadline == .firstOutput)
        #expect(
            first.deadlinePassed(milliseconds: 6000)
                == .fail(WorkerFailure(.timedOut, detail: "p said nothing within 6000 ms", provider: "p"))
        )
        var next = asking()
        #expect(next.received(.progress) == .none)
        #expect(next.deadline == .nextOutput)
        #expect(
            next.deadlinePassed(milliseconds: 6000)
                == .fail(WorkerFailure(.timedOut, detail: "p said nothing more within 6000 ms", provider: "p"))
        )
        var pausing = asking()
        #expect(pausing.requestFailed(Self.broken) == .pause)
        #expect(pausing.deadlinePassed(milliseconds: 1) != .none)
        #expect(pausing.pauseEnded() == .none)
        var whole = asking()
        #expect(
            whole.limitPassed(milliseconds: 9)
                == .fail(WorkerFailure(.timedOut, detail: "p was not done in 9 ms", provider: "p"))
        )
    }

    @Test("a cancelled pause does not ask again")
    func cancelledPause() {
        var machine = asking()
        #expect(machine.requestFailed(Self.broken) == .pause)
        #expect(machine.cancelled() == .end(.cancelled))
        #expect(machine.pauseEnded() == .none)
    }
}
