import NIOCore
import NIOEmbedded
import SeededTesting
import Testing
import WebSocketTransport

/// A WebSocket over an embedded channel, with virtual time.
private struct Fixture {
    let channel = EmbeddedChannel()
    let delegate = RecordingDelegate()
    let socket: WebSocket

    init(
        role: WebSocketRole = .server,
        limits: WebSocketLimits = WebSocketLimits(),
        resuming state: WebSocketReadState = WebSocketReadState(),
        isReleased: Bool = true
    ) throws {
        try self.channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).wait()
        self.socket = try WebSocket.adopt(
            self.channel,
            role: role,
            limits: limits,
            delegate: self.delegate,
            resuming: state,
            maskingKeys: ExampleMaskingKey()
        )
        if isReleased { self.turn() }
    }

    /// Lets the loop do what waits.
    func turn() {
        self.channel.embeddedEventLoop.run()
    }

    func receive(_ bytes: [UInt8]) throws {
        try self.channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    /// One message as the other end would send it.
    func receive(_ opcode: WebSocketOpcode, _ payload: [UInt8]) throws {
        try self.receive(self.peerFrame(opcode, payload))
    }

    func peerFrame(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> [UInt8] {
        var encoder = WebSocketFrameEncoder(
            role: self.socket.role == .server ? .client : .server,
            maskingKeys: SeededGenerator(seed: 7)
        )
        var buffer = ByteBuffer()
        encoder.append(opcode, payload, to: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// The bytes of the next write; nil if there was none.
    func written() throws -> [UInt8]? {
        try self.channel.readOutbound(as: ByteBuffer.self).map { Array($0.readableBytesView) }
    }
}

struct WebSocketTests {
    // MARK: - Sending

    @Test func whatIsSentInOneTurnIsWrittenOnce() throws {
        let fixture = try Fixture()
        fixture.socket.send(text: "a")
        fixture.socket.send(binary: [1])
        fixture.socket.send(text: ByteBuffer(string: "b"))
        fixture.socket.send(binary: ByteBuffer(bytes: [2]))
        fixture.socket.ping()
        #expect(try fixture.written() == nil)
        #expect(fixture.socket.bufferedBytes == 14)
        fixture.turn()
        #expect(try fixture.written() == [0x81, 1, 0x61, 0x82, 1, 1, 0x81, 1, 0x62, 0x82, 1, 2, 0x89, 0])
        #expect(try fixture.written() == nil)
        #expect(fixture.socket.bufferedBytes == 0)
    }

    @Test func aClientMasksWhatItSends() throws {
        let fixture = try Fixture(role: .client)
        fixture.socket.send(text: "Hello")
        fixture.turn()
        #expect(try fixture.written() == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    }

    @Test func writtenBytesAreNotChangedByLaterOnes() throws {
        let fixture = try Fixture()
        fixture.socket.send(text: "first")
        fixture.turn()
        fixture.socket.send(text: "other")
        fixture.turn()
        #expect(try fixture.written() == [0x81, 5] + Array("first".utf8))
        #expect(try fixture.written() == [0x81, 5] + Array("other".utf8))
    }

    @Test func asManyBytesAsTheLimitMayWaitAndNoMore() throws {
        let limits = WebSocketLimits(maximumBufferedBytes: 10)
        let fixture = try Fixture(limits: limits)
        fixture.socket.send(binary: [UInt8](repeating: 0, count: 8))
        #expect(fixture.socket.isOpen)
        fixture.turn()
        #expect(try fixture.written()?.count == 10)
        fixture.socket.send(binary: [UInt8](repeating: 0, count: 8))
        fixture.socket.send(binary: [1])
        #expect(!fixture.socket.isOpen)
        #expect(fixture.delegate.events == [])
        fixture.turn()
        let end = WebSocketClose(code: nil, kind: .transportError("too many bytes wait to be sent"))
        #expect(fixture.delegate.events == [.closed(end)])
        #expect(try fixture.written() == nil)
    }

    @Test func bytesTheChannelHoldsCountOnceItIsFull() throws {
        let fixture = try Fixture(limits: WebSocketLimits(maximumBufferedBytes: 100))
        fixture.channel.isWritable = false
        #expect(!fixture.socket.isWritable)
        fixture.socket.send(binary: [UInt8](repeating: 0, count: 50))
        #expect(fixture.socket.bufferedBytes == 52)
        fixture.channel.isWritable = true
        fixture.channel.pipeline.fireChannelWritabilityChanged()
        #expect(fixture.delegate.events == [.writable])
        #expect(fixture.socket.isWritable)
    }

    @Test func muchSentInOneTurnMakesTheSocketUnwritableUntilTheNext() throws {
        let fixture = try Fixture()
        fixture.socket.send(binary: [UInt8](repeating: 0, count: 64 * 1024 - 5))
        #expect(fixture.socket.isWritable)
        fixture.socket.ping()
        #expect(fixture.socket.isWritable == false)
        fixture.turn()
        #expect(fixture.delegate.events == [.writable])
        #expect(fixture.socket.isWritable)
    }

    // MARK: - Receiving

    @Test func messagesAreDeliveredInOrderAndTheReadIsFinished() throws {
        let fixture = try Fixture()
        try fixture.receive(fixture.peerFrame(.text, Array("a".utf8)) + fixture.peerFrame(.binary, [1, 2]))
        #expect(fixture.delegate.events == [.text("a"), .binary([1, 2]), .finishedReading])
    }

    @Test func aFrameInPiecesIsDeliveredOnce() throws {
        let fixture = try Fixture()
        for byte in fixture.peerFrame(.text, Array("piecemeal".utf8)) { try fixture.receive([byte]) }
        #expect(fixture.delegate.events.filter { $0 != .finishedReading } == [.text("piecemeal")])
    }

    @Test func pingsAreAnsweredWithTheirPayload() throws {
        let fixture = try Fixture()
        try fixture.receive(.ping, [1, 2, 3])
        fixture.turn()
        #expect(try fixture.written() == [0x8A, 3, 1, 2, 3])
        try fixture.receive(.pong, [])
        #expect(fixture.delegate.events == [.finishedReading, .pong, .finishedReading])
    }

    @Test func nothingIsDeliveredBeforeTheMakerHasTheSocket() throws {
        let fixture = try Fixture(isReleased: false)
        try fixture.receive(.text, Array("early".utf8))
        #expect(fixture.delegate.events == [])
        fixture.turn()
        #expect(fixture.delegate.events == [.text("early"), .finishedReading])
    }

    @Test func whatCameBeforeAnEarlyEndIsDelivered() throws {
        let fixture = try Fixture(isReleased: false)
        try fixture.receive(.text, Array("early".utf8))
        fixture.channel.pipeline.fireChannelInactive()
        let end = WebSocketClose(code: nil, kind: .endOfFile)
        #expect(fixture.delegate.events == [.text("early"), .finishedReading, .closed(end)])
        fixture.turn()
        #expect(fixture.delegate.events.count == 3)
    }

    @Test func anotherSocketGoesOnWhereThisOneWas() throws {
        let first = try Fixture()
        let last = first.peerFrame(.continuation, Array("lo".utf8))
        var start = first.peerFrame(.text, Array("Hel".utf8))
        start[0] = 0x01
        try first.receive(start + last.dropLast(3))
        let second = try Fixture(resuming: first.socket.readState)
        try second.receive(Array(last.suffix(3)))
        #expect(second.delegate.events.filter { $0 != .finishedReading } == [.text("Hello")])
    }

    @Test func theReadStateMayBeAskedForInsideADelivery() throws {
        let fixture = try Fixture()
        fixture.delegate.reaction = { socket, _ in _ = socket.readState }
        let frame = fixture.peerFrame(.text, Array("a".utf8))
        try fixture.receive(Array(frame.dropLast()))
        try fixture.receive([frame[frame.count - 1]] + frame)
        #expect(fixture.delegate.events.filter { $0 != .finishedReading } == [.text("a"), .text("a")])
    }

    // MARK: - Ending

    @Test func aCloseIsEchoedReportedAndEndsTheTransport() throws {
        let fixture = try Fixture()
        try fixture.receive(.close, [0x03, 0xE9, 0x62])
        #expect(fixture.delegate.events == [.closed(WebSocketClose(code: 1001, reason: "b", kind: .peerClosed))])
        fixture.turn()
        #expect(try fixture.written() == [0x88, 2, 0x03, 0xE9])
        #expect(!fixture.channel.isActive)
        #expect(fixture.delegate.events.count == 1)
    }

    @Test func aClientWaitsForTheServerToLeaveButNotLongerThanTheDeadline() throws {
        let fixture = try Fixture(role: .client)
        try fixture.receive(.close, [])
        fixture.turn()
        #expect(try fixture.written() == [0x88, 0x80, 0x37, 0xFA, 0x21, 0x3D])
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(499))
        #expect(fixture.channel.isActive)
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!fixture.channel.isActive)
        #expect(fixture.delegate.events == [.closed(WebSocketClose(code: nil, kind: .peerClosed))])
    }

    @Test func ourCloseGoesOutAfterWhatWasSentAndNothingAfterIt() throws {
        let fixture = try Fixture()
        fixture.socket.send(text: "a")
        fixture.socket.close(code: 1000, reason: "x")
        fixture.socket.send(text: "late")
        fixture.socket.close()
        fixture.turn()
        #expect(try fixture.written() == [0x81, 1, 0x61, 0x88, 3, 0x03, 0xE8, 0x78])
        try fixture.receive(.text, Array("late".utf8))
        try fixture.receive(.ping, [])
        #expect(fixture.delegate.events == [])
        try fixture.receive(.close, [0x03, 0xE8])
        #expect(fixture.delegate.events == [.closed(WebSocketClose(code: 1000, kind: .weClosed))])
        fixture.turn()
        #expect(try fixture.written() == nil)
        #expect(!fixture.channel.isActive)
    }

    @Test func anUnansweredCloseEndsAtTheDeadline() throws {
        let fixture = try Fixture(limits: WebSocketLimits(closeTimeout: .milliseconds(80)))
        fixture.socket.close()
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(79))
        #expect(fixture.delegate.events == [])
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(fixture.delegate.events == [.closed(WebSocketClose(code: nil, kind: .weClosed))])
        #expect(!fixture.channel.isActive)
    }

    @Test func aViolationIsAnsweredReportedAndLingersForTheOtherEnd() throws {
        let fixture = try Fixture()
        try fixture.receive([0x81, 0x00])
        let end = WebSocketClose(code: nil, kind: .protocolError("frame from a client is not masked"))
        #expect(fixture.delegate.events == [.closed(end)])
        fixture.turn()
        let frame = try #require(try fixture.written())
        #expect(Array(frame.prefix(4)) == [0x88, UInt8(frame.count - 2), 0x03, 0xEA])
        #expect(fixture.channel.isActive)
        try fixture.receive([UInt8](repeating: 0xFF, count: 1000))
        fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(500))
        #expect(!fixture.channel.isActive)
        #expect(fixture.delegate.events.count == 1)
    }

    @Test func anAbortDropsWhatWaitsAndIsReportedLater() throws {
        let fixture = try Fixture()
        fixture.socket.send(text: "never seen")
        fixture.socket.abort()
        #expect(fixture.delegate.events == [])
        fixture.turn()
        #expect(try fixture.written() == nil)
        #expect(fixture.delegate.events == [.closed(WebSocketClose(code: nil, kind: .weClosed))])
    }

    @Test func closingInsideADeliveryStopsTheOnesAfterIt() throws {
        let fixture = try Fixture()
        fixture.delegate.reaction = { socket, event in if case .text = event { socket.abort() } }
        try fixture.receive(fixture.peerFrame(.text, [0x61]) + fixture.peerFrame(.text, [0x62]))
        fixture.turn()
        #expect(fixture.delegate.events == [.text("a"), .closed(WebSocketClose(code: nil, kind: .weClosed))])
    }

    @Test func aTransportErrorIsReportedOnce() throws {
        struct Broken: Error {}
        let fixture = try Fixture()
        fixture.channel.pipeline.fireErrorCaught(Broken())
        fixture.turn()
        #expect(fixture.delegate.events == [.closed(WebSocketClose(code: nil, kind: .transportError("Broken()")))])
        #expect(!fixture.channel.isActive)
    }

    @Test func aChannelThatIsGoneBeforeItIsAdoptedReportsItsEnd() throws {
        let channel = EmbeddedChannel()
        let delegate = RecordingDelegate()
        _ = try WebSocket.adopt(channel, limits: WebSocketLimits(), delegate: delegate)
        #expect(delegate.events == [])
        channel.embeddedEventLoop.run()
        #expect(delegate.events == [.closed(WebSocketClose(code: nil, kind: .endOfFile))])
    }

    @Test func theSocketAndItsDelegateAreLetGoAfterTheEnd() throws {
        weak var socket: WebSocket?
        weak var delegate: RecordingDelegate?
        do {
            let fixture = try Fixture()
            socket = fixture.socket
            delegate = fixture.delegate
            fixture.socket.send(text: "a")
            fixture.socket.close()
            fixture.turn()
            fixture.channel.pipeline.fireChannelInactive()
            fixture.turn()
            #expect(fixture.delegate.events.count == 1)
        }
        #expect(socket == nil)
        #expect(delegate == nil)
    }
}
