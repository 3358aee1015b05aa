import NIOCore
import NIOHTTP1
import Testing

@testable import HTTPServing

struct HTTPConnectionStateMachineTests {
    private typealias Machine = HTTPConnectionStateMachine

    private static func head(
        _ method: HTTPMethod = .GET,
        version: HTTPVersion = .http1_1,
        _ headers: [(String, String)] = []
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: method, uri: "/", headers: HTTPHeaders([("host", "a")] + headers))
    }

    @Test func aWholeRequestIsDispatchedAndAnswered() {
        var machine = Machine(maximumBodyBytes: 10)
        #expect(machine.isIdle)
        #expect(machine.bytesReceived() == true)
        #expect(machine.bytesReceived() == false)
        #expect(machine.isReceiving)
        #expect(machine.partReceived(.head(Self.head(.POST))) == .none)
        #expect(machine.partReceived(.body(ByteBuffer(string: "ab"))) == .none)
        #expect(machine.partReceived(.body(ByteBuffer(string: "cd"))) == .none)
        #expect(
            machine.partReceived(.end(nil)) == .dispatch(Self.head(.POST), body: ByteBuffer(string: "abcd"))
        )
        #expect(machine.exchange == HTTPExchange(isHead: false, isHTTP11: true, keepsAlive: true))
        #expect(machine.partReceived(.head(Self.head())) == .enqueue)
        #expect(machine.replied() == true)
        #expect(machine.isIdle)
    }

    @Test(
        arguments: [
            (HTTPVersion.http1_1, [], true), (.http1_1, [("connection", "close")], false), (.http1_0, [], false),
            (.http1_0, [("connection", "keep-alive")], true), (.http1_1, [("upgrade", "h2c")], false),
        ] as [(HTTPVersion, [(String, String)], Bool)]
    )
    func theRequestDecidesWhetherTheConnectionLives(
        version: HTTPVersion,
        headers: [(String, String)],
        keepsAlive: Bool
    ) {
        var machine = Machine(maximumBodyBytes: 10)
        _ = machine.partReceived(.head(Self.head(version: version, headers)))
        _ = machine.partReceived(.end(nil))
        #expect(machine.exchange?.keepsAlive == keepsAlive)
        #expect(machine.replied() == keepsAlive)
        #expect(machine.isClosing == !keepsAlive)
    }

    @Test func theReplyMayEndTheConnection() {
        var machine = Machine(maximumBodyBytes: 10)
        _ = machine.partReceived(.head(Self.head()))
        _ = machine.partReceived(.end(nil))
        machine.closeAnnounced()
        #expect(machine.replied() == false)
        #expect(machine.partReceived(.head(Self.head())) == .none)
    }

    @Test func aBodyMayBeAsLongAsTheLimitAndNotLonger() {
        for (count, isRefused) in [(10, false), (11, true)] {
            var announced = Machine(maximumBodyBytes: 10)
            let reaction = announced.partReceived(.head(Self.head(.POST, [("content-length", "\(count)")])))
            #expect(reaction == (isRefused ? .refuse(status: 413) : .none))
            var chunked = Machine(maximumBodyBytes: 10)
            _ = chunked.partReceived(.head(Self.head(.POST)))
            #expect(chunked.partReceived(.body(ByteBuffer(repeating: 1, count: 9))) == .none)
            let last = chunked.partReceived(.body(ByteBuffer(repeating: 1, count: count - 9)))
            #expect(last == (isRefused ? .refuse(status: 413) : .none))
            #expect(chunked.isClosing == isRefused)
        }
    }

    @Test func headsThatCannotBeServedAreRefused() {
        let cases: [(HTTPRequestHead, Machine.Reaction)] = [
            (HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), .refuse(status: 400)),
            (HTTPRequestHead(version: .http1_0, method: .GET, uri: "/"), .none),
            (Self.head([("host", "b")]), .refuse(status: 400)),
            (Self.head([("content-length", "-1")]), .refuse(status: 400)),
            (Self.head([("expect", "wonders")]), .refuse(status: 417)),
            (Self.head([("expect", "100-Continue")]), .continueRequest),
            (Self.head(version: .http1_0, [("expect", "100-continue")]), .none),
        ]
        for (head, reaction) in cases {
            var machine = Machine(maximumBodyBytes: 10)
            #expect(machine.partReceived(.head(head)) == reaction)
        }
    }

    private static func head(_ headers: [(String, String)]) -> HTTPRequestHead {
        self.head(.GET, headers)
    }

    @Test func aParserFailureIsAnsweredUnlessAReplyIsUnderWay() {
        for (error, status) in [(HTTPParserError.headerOverflow, 431), (.invalidVersion, 505), (.invalidMethod, 400)] {
            var machine = Machine(maximumBodyBytes: 10)
            #expect(machine.parserFailed(error) == status)
            #expect(machine.parserFailed(error) == nil)
        }
        var machine = Machine(maximumBodyBytes: 10)
        _ = machine.partReceived(.head(Self.head()))
        _ = machine.partReceived(.end(nil))
        #expect(machine.parserFailed(.invalidMethod) == nil)
        #expect(machine.exchange?.keepsAlive == false)
    }

    @Test func partsOutOfOrderAreRefused() {
        var early = Machine(maximumBodyBytes: 10)
        #expect(early.partReceived(.end(nil)) == .refuse(status: 400))
        var twice = Machine(maximumBodyBytes: 10)
        _ = twice.partReceived(.head(Self.head()))
        #expect(twice.partReceived(.head(Self.head())) == .refuse(status: 400))
    }
}
