import Testing
import WebSocketTransport

struct WebSocketConnectionStateMachineTests {
    private typealias Machine = WebSocketConnectionStateMachine
    private typealias Reaction = WebSocketConnectionStateMachine.Reaction

    private static let bye = WebSocketCloseFrame(code: 1001, reason: "bye")

    @Test func ourCloseIsAnsweredAndThenReported() {
        var machine = Machine(role: .server)
        #expect(
            machine.closeRequested(code: 1000, reason: "done")
                == Reaction(frame: WebSocketCloseFrame(code: 1000, reason: "done"), transport: .awaitEnd)
        )
        #expect(!machine.isOpen)
        #expect(machine.isReading)
        #expect(
            machine.closeReceived(Self.bye)
                == Reaction(
                    transport: .closeAfterFlush,
                    report: WebSocketClose(code: 1001, reason: "bye", kind: .weClosed)
                )
        )
        #expect(machine.transportClosed() == .none)
    }

    @Test func aServerAnswersACloseAndLeavesAtOnce() {
        var machine = Machine(role: .server)
        #expect(
            machine.closeReceived(Self.bye)
                == Reaction(
                    frame: WebSocketCloseFrame(code: 1001),
                    transport: .closeAfterFlush,
                    report: WebSocketClose(code: 1001, reason: "bye", kind: .peerClosed)
                )
        )
    }

    @Test func aClientAnswersACloseAndLetsTheServerLeaveFirst() {
        var machine = Machine(role: .client)
        #expect(machine.closeReceived(Self.bye).transport == .awaitEnd)
        #expect(machine.deadlinePassed() == Reaction(transport: .closeNow))
    }

    @Test func aCloseWithoutCodeIsAnsweredWithoutCode() {
        var machine = Machine(role: .server)
        let reaction = machine.closeReceived(WebSocketCloseFrame(code: nil))
        #expect(reaction.frame == WebSocketCloseFrame(code: nil))
        #expect(reaction.report == WebSocketClose(code: nil, kind: .peerClosed))
    }

    @Test func aViolationIsReportedAtOnceWithItsCodeSent() {
        var machine = Machine(role: .server)
        let reaction = machine.violated(.messageTooLong(maximum: 10))
        #expect(reaction.frame?.code == 1009)
        #expect(reaction.transport == .awaitEnd)
        #expect(reaction.report?.kind == .protocolError("message is longer than 10 bytes"))
        #expect(!machine.isReading)
        #expect(machine.deadlinePassed() == Reaction(transport: .closeNow))
    }

    @Test func anUnansweredCloseEndsAtTheDeadline() {
        var machine = Machine(role: .client)
        _ = machine.closeRequested(code: 1000, reason: "")
        #expect(
            machine.deadlinePassed()
                == Reaction(transport: .closeNow, report: WebSocketClose(code: nil, kind: .weClosed))
        )
        #expect(machine.transportClosed() == .none)
    }

    @Test func anAbortIsReportedWhenTheTransportIsGone() {
        var machine = Machine(role: .server)
        #expect(machine.abortRequested() == Reaction(transport: .closeNow))
        #expect(machine.transportClosed(failure: "late").report == WebSocketClose(code: nil, kind: .weClosed))
    }

    @Test func aFullBufferIsReportedAsATransportError() {
        var machine = Machine(role: .server)
        #expect(machine.sendBufferOverflowed() == Reaction(transport: .closeNow))
        #expect(machine.transportClosed().report?.kind == .transportError("too many bytes wait to be sent"))
    }

    @Test func aBareEndIsReportedAsSuch() {
        var machine = Machine(role: .server)
        #expect(machine.transportClosed().report == WebSocketClose(code: nil, kind: .endOfFile))
        var broken = Machine(role: .server)
        #expect(broken.transportClosed(failure: "reset").report?.kind == .transportError("reset"))
    }

    @Test(arguments: [WebSocketRole.client, .server])
    func everySequenceOfThreeEventsReportsExactlyOnce(role: WebSocketRole) {
        let events: [(inout Machine) -> Reaction] = [
            { $0.closeRequested(code: 1000, reason: "") }, { $0.closeReceived(Self.bye) },
            { $0.violated(.reservedBitsSet) }, { $0.abortRequested() }, { $0.sendBufferOverflowed() },
            { $0.deadlinePassed() }, { $0.transportClosed(failure: "reset") }, { $0.transportClosed() },
        ]
        for first in events {
            for second in events {
                for third in events {
                    var machine = Machine(role: role)
                    let reactions = [first(&machine), second(&machine), third(&machine), machine.transportClosed()]
                    #expect(reactions.filter { $0.report != nil }.count == 1)
                    #expect(reactions.filter { $0.frame != nil }.count <= 1)
                    #expect(!machine.isReading)
                }
            }
        }
    }
}
