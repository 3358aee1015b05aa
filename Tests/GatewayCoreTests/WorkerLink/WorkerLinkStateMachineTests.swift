import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct WorkerLinkStateMachineTests {
    private static let hello = Hello(
        role: "stt",
        instance: "1",
        release: "1.0",
        capacity: 200,
        sessions: 0
    )

    /// Jitter that always waits as long as allowed.
    private struct Longest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    private var generator = Longest()

    private mutating func open() -> WorkerLinkStateMachine {
        var machine = WorkerLinkStateMachine(role: .stt)
        _ = machine.retryDue()
        _ = machine.connected(at: 0)
        _ = machine.received(.hello(Self.hello), at: 1, using: &generator)
        return machine
    }

    @Test mutating func `A link opens with the worker's hello`() {
        var machine = WorkerLinkStateMachine(role: .stt)
        #expect(machine.retryDue() == [.connect])
        #expect(machine.retryDue() == [])
        #expect(machine.connected(at: 0) == [.sendHello(deadline: 250)])
        #expect(!machine.isOpen)
        #expect(machine.received(.hello(Self.hello), at: 1, using: &generator) == [.announceOpen])
        #expect(machine.isOpen)
        #expect(machine.capacity == 200)
        #expect(machine.helloDeadlinePassed(using: &generator) == [])
    }

    @Test mutating func `A worker that says nothing in time is left`() {
        var machine = WorkerLinkStateMachine(role: .stt)
        _ = machine.retryDue()
        _ = machine.connected(at: 0)
        #expect(
            machine.helloDeadlinePassed(using: &generator) == [.closeSocket, .scheduleRetry(milliseconds: 50)]
        )
        #expect(machine.isBackingOff)
    }

    @Test mutating func `Waits double up to the cap and start again after success`() {
        var machine = WorkerLinkStateMachine(role: .stt)
        var waits: [WorkerLinkStateMachine.Action] = []
        for _ in 0..<7 {
            _ = machine.retryDue()
            waits += machine.connectFailed(using: &generator)
        }
        #expect(waits == [50, 100, 200, 400, 800, 1000, 1000].map { .scheduleRetry(milliseconds: $0) })
        #expect(machine.socketReplaced() == [.connect])
        #expect(machine.connectFailed(using: &generator) == [.scheduleRetry(milliseconds: 50)])
    }

    @Test mutating func `Another role, another version or another first message is a fault`() {
        var impostor = Self.hello
        impostor.role = "tts"
        var stranger = Self.hello
        stranger.versions = [99]
        for message in [LinkMessage.hello(impostor), .hello(stranger), .heartbeat(sessions: 0), .draining] {
            var machine = WorkerLinkStateMachine(role: .stt)
            _ = machine.retryDue()
            _ = machine.connected(at: 0)
            #expect(
                machine.received(message, at: 1, using: &generator)
                    == [.closeSocket, .scheduleRetry(milliseconds: 50)]
            )
        }
    }

    @Test mutating func `Silence for three beats is death`() {
        var machine = open()
        #expect(machine.beatDue(at: 1000, using: &generator) == [.sendHeartbeat])
        _ = machine.received(.heartbeat(sessions: 3), at: 1100, using: &generator)
        #expect(machine.beatDue(at: 4100, using: &generator) == [.sendHeartbeat])
        machine.frameReceived(at: 4200)
        #expect(machine.beatDue(at: 7200, using: &generator) == [.sendHeartbeat])
        let lost = machine.beatDue(at: 7201, using: &generator)
        #expect(lost.first == .announceLost(WorkerFailure(.unavailable, detail: "nothing heard for 3001 ms")))
        #expect(lost.dropFirst().first == .closeSocket)
    }

    @Test mutating func `The sessions of a closed link are lost once`() {
        var machine = open()
        let actions = machine.socketClosed(using: &generator)
        #expect(
            actions == [
                .announceLost(WorkerFailure(.unavailable, detail: "the worker closed the link")), .closeSocket,
                .scheduleRetry(milliseconds: 50),
            ]
        )
        #expect(machine.socketClosed(using: &generator) == [])
    }

    @Test mutating func `A draining worker keeps its sessions and takes no new ones`() {
        var machine = open()
        #expect(machine.received(.draining, at: 5, using: &generator) == [.announceDraining])
        #expect(!machine.isOpen)
        #expect(machine.carriesSessions)
        #expect(machine.beatDue(at: 10, using: &generator) == [.sendHeartbeat])
    }

    @Test mutating func `A stopped link does nothing any more`() {
        var machine = open()
        #expect(machine.stop().count == 2)
        #expect(machine.stop() == [])
        #expect(machine.retryDue() == [])
        #expect(machine.socketClosed(using: &generator) == [])
        #expect(machine.connected(at: 0) == [.closeSocket])
    }
}
