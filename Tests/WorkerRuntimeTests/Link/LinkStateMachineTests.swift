import NIOCore
import Testing
import WorkerProtocol

@testable import WorkerRuntime

@Suite struct LinkStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let hello = LinkMessage.hello(
        Hello(versions: [1, 2], role: "gateway", instance: "1", release: "", capacity: 0, sessions: 0)
    )

    private func machine() -> LinkStateMachine {
        LinkStateMachine(acceptedAt: start, settings: LinkSettings())
    }

    @Test func `hello opens with the highest common version`() throws {
        var machine = machine()
        #expect(!machine.isOpen)
        #expect(try machine.messageReceived(hello) == .linkOpened(version: 1))
        #expect(machine.isOpen)
        #expect(!machine.helloDeadlinePassed())
    }

    @Test func `without hello the deadline closes and nothing else is taken`() {
        var machine = machine()
        #expect(machine.beatDue(at: start + .hours(1)) == .none)
        #expect(throws: LinkError.badHello("the first message was not hello")) {
            try machine.messageReceived(.draining)
        }
        #expect(throws: LinkError.badHello("a session's frame came before hello")) {
            try machine.sessionFrameReceived()
        }
        #expect(machine.helloDeadlinePassed())
    }

    @Test func `silence of exactly three beats is life, more is death`() throws {
        var machine = machine()
        _ = try machine.messageReceived(hello)
        #expect(machine.beatDue(at: start + .seconds(3)) == .sendHeartbeat)
        #expect(machine.beatDue(at: start + .seconds(3) + .nanoseconds(1)) == .closeLink)
        machine.bytesReceived(at: start + .seconds(2))
        #expect(machine.beatDue(at: start + .seconds(5)) == .sendHeartbeat)
    }

    @Test func `the end is announced once and nothing comes after it`() throws {
        var machine = machine()
        _ = try machine.messageReceived(hello)
        let (first, second) = (machine.linkClosed(), machine.linkClosed())
        #expect(first)
        #expect(!second)
        #expect(try machine.messageReceived(hello) == .none)
        #expect(machine.beatDue(at: start) == .none)
        #expect(!machine.helloDeadlinePassed())
    }
}
