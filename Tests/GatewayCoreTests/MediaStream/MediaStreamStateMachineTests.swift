import Testing

@testable import GatewayCore

@Suite struct MediaStreamStateMachineTests {
    private let start = StreamStart(streamSID: "MZ1", callSID: "CA1")

    private func started() -> MediaStreamStateMachine {
        var machine = MediaStreamStateMachine()
        _ = machine.messageReceived(.connected)
        _ = machine.messageReceived(.start(start))
        return machine
    }

    @Test func `Start is asked to be admitted once`() {
        var machine = MediaStreamStateMachine()
        #expect(machine.messageReceived(.connected) == .none)
        #expect(machine.messageReceived(.start(start)) == .admit(start))
        #expect(machine.isStreaming)
        #expect(machine.messageReceived(.start(start)) == .none)
        #expect(machine.oddities.ignored == 1)
    }

    @Test func `Start may come without connected`() {
        var machine = MediaStreamStateMachine()
        #expect(machine.messageReceived(.start(start)) == .admit(start))
    }

    @Test func `Nothing counts before start`() {
        var machine = MediaStreamStateMachine()
        #expect(machine.messageReceived(.media(timestamp: 1)) == .none)
        #expect(machine.messageReceived(.mark(name: "a")) == .none)
        #expect(machine.messageReceived(.digit("1")) == .none)
        #expect(machine.oddities.ignored == 3)
        #expect(machine.messageReceived(.stop) == .refuse(code: 1000, reason: ""))
    }

    @Test func `A stream of other audio is refused`() {
        var machine = MediaStreamStateMachine()
        var wideband = start
        wideband.isTelephoneAudio = false
        #expect(
            machine.messageReceived(.start(wideband)) == .refuse(code: 1003, reason: "audio must be 8 kHz mono mu-law")
        )
        #expect(machine.messageReceived(.start(start)) == .none)
    }

    @Test func `Without start in time the stream is closed`() {
        var machine = MediaStreamStateMachine()
        #expect(machine.startDeadlinePassed() == .refuse(code: 1008, reason: "no start in time"))
        var late = started()
        #expect(late.startDeadlinePassed() == .none)
    }

    @Test func `What a running stream says is passed on`() {
        var machine = started()
        #expect(machine.messageReceived(.media(timestamp: 20)) == .hear(timestamp: 20))
        #expect(machine.messageReceived(.mark(name: "g1:m1")) == .echo(name: "g1:m1"))
        #expect(machine.messageReceived(.digit("#")) == .press("#"))
        #expect(machine.messageReceived(.ignored) == .none)
    }

    @Test func `Stop, close frame and end of file end the stream once`() {
        var stopped = started()
        #expect(stopped.messageReceived(.stop) == .end(.stopMessage))
        #expect(stopped.messageReceived(.stop) == .none)
        #expect(stopped.socketClosed(hadCloseFrame: true) == .none)
        #expect(stopped.messageReceived(.media(timestamp: 1)) == .none)
        var closed = started()
        #expect(closed.socketClosed(hadCloseFrame: true) == .end(.closeFrame))
        #expect(closed.socketClosed(hadCloseFrame: false) == .none)
        var cut = started()
        #expect(cut.socketClosed(hadCloseFrame: false) == .end(.endOfFile))
        var unborn = MediaStreamStateMachine()
        #expect(unborn.socketClosed(hadCloseFrame: false) == .none)
    }

    @Test func `A released stream says nothing more`() {
        var machine = started()
        #expect(machine.released() == true)
        #expect(machine.released() == false)
        #expect(machine.messageReceived(.stop) == .none)
        #expect(machine.socketClosed(hadCloseFrame: true) == .none)
    }

    @Test func `Malformed messages are borne up to the limit`() {
        var machine = started()
        for _ in 0..<MediaStreamStateMachine.maximumMalformedMessages {
            #expect(machine.malformedMessageReceived() == .none)
        }
        #expect(machine.malformedMessageReceived() == .end(.malformedMessages))
        #expect(machine.malformedMessageReceived() == .none)
        #expect(StreamEnd.malformedMessages.closeCode == 1007)
    }

    @Test func `Malformed messages before start refuse the stream at the limit`() {
        var machine = MediaStreamStateMachine()
        for _ in 0..<MediaStreamStateMachine.maximumMalformedMessages { _ = machine.malformedMessageReceived() }
        #expect(machine.malformedMessageReceived() == .refuse(code: 1007, reason: "malformed messages"))
    }

    @Test func `Binary messages are only counted`() {
        var machine = started()
        machine.binaryReceived()
        #expect(machine.oddities.binary == 1)
        #expect(machine.isStreaming)
    }
}
