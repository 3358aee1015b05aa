import HTTPServing
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPServerLimitsTests {
    private static let ok: @Sendable (HTTPRequest, HTTPResponder) -> Void = { $1.reply(status: 200, body: "ok") }

    private static func status(of request: String, limits: HTTPServerLimits) async throws -> String {
        var answer = ""
        try await withServer(limits: limits, handler: Self.ok) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(request)
            answer = String(await client.read(until: "\r\n").dropFirst(9).prefix(3))
        }
        return answer
    }

    @Test func headersMayBeAsLongAsTheLimitAndNotLonger() async throws {
        let limits = HTTPServerLimits(maximumHeaderBytes: 100)
        // Counted are the target, the names and the values: "/", "Host", "x", "A" and the value of A.
        for (count, status) in [(93, "200"), (94, "431")] {
            let request = "GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: count))\r\n\r\n"
            #expect(try await Self.status(of: request, limits: limits) == status)
        }
        let endless = "GET /\(String(repeating: "a", count: 200))"
        #expect(try await Self.status(of: endless, limits: limits) == "431")
    }

    @Test func asManyHeadersAsTheLimitAndNoMore() async throws {
        for (count, status) in [(9, "200"), (10, "431")] {
            let fields = (0..<count).map { "A\($0): b\r\n" }.joined()
            let request = "GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
            #expect(try await Self.status(of: request, limits: HTTPServerLimits(maximumHeaderFields: 10)) == status)
        }
    }

    @Test func bodiesMayBeAsLongAsTheLimitAndNotLonger() async throws {
        let limits = HTTPServerLimits(maximumBodyBytes: 5)
        let start = "POST / HTTP/1.1\r\nHost: x\r\n"
        #expect(try await Self.status(of: start + "Content-Length: 5\r\n\r\n12345", limits: limits) == "200")
        #expect(try await Self.status(of: start + "Content-Length: 6\r\n\r\n", limits: limits) == "413")
        let chunked = start + "Transfer-Encoding: chunked\r\n\r\n"
        #expect(try await Self.status(of: chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", limits: limits) == "200")
        #expect(try await Self.status(of: chunked + "3\r\nabc\r\n3\r\ndef\r\n", limits: limits) == "413")
    }

    @Test func aLargeBodyArrivesWhole() async throws {
        try await withServer(handler: { $1.reply(status: 200, body: "<\($0.body.readableBytes)>") }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n")
            try await client.send([UInt8](repeating: 1, count: 1 << 20))
            #expect(await client.read(until: ">").hasSuffix("<1048576>"))
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"), ("\u{1}\u{2}\u{3}\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n", "400"), ("GET / HTTP/1.0\r\n\r\n", "200"),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", "417"),
    ])
    func requestsThatAreNoneAreRefused(request: String, status: String) async throws {
        #expect(try await Self.status(of: request, limits: HTTPServerLimits()) == status)
    }

    @Test(arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12"])
    func aRequestThatDoesNotEndIsAnswered408(start: String) async throws {
        let limits = HTTPServerLimits(requestTimeout: .milliseconds(50), idleTimeout: .seconds(60))
        try await withServer(limits: limits, handler: Self.ok) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send(start)
            #expect(await client.readToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        let limits = HTTPServerLimits(requestTimeout: .seconds(60), idleTimeout: .seconds(1))
        try await withServer(limits: limits, handler: Self.ok) { server in
            let used = try await RawClient.connect(port: server.port)
            try await used.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let silent = try await RawClient.connect(port: server.port)
            #expect(await used.readToEnd().hasSuffix("ok"))
            #expect(await silent.readToEnd() == "")
        }
    }

    @Test func oneConnectionTooManyIsAnswered503() async throws {
        try await withServer(limits: HTTPServerLimits(maximumConnections: 2), handler: Self.ok) { server in
            let first = try await RawClient.connect(port: server.port)
            let second = try await RawClient.connect(port: server.port)
            for client in [first, second] {
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await client.read(until: "ok").hasPrefix("HTTP/1.1 200 "))
            }
            let third = try await RawClient.connect(port: server.port)
            #expect(await third.readToEnd().hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func stoppingClosesIdleConnectionsAndLetsRepliesEnd() async throws {
        let (responders, sink) = AsyncStream.makeStream(of: NIOLoopBound<HTTPResponder>.self)
        try await withServer(handler: { sink.yield(NIOLoopBound($1, eventLoop: $1.eventLoop)) }) { server in
            let idle = try await RawClient.connect(port: server.port)
            let busy = try await RawClient.connect(port: server.port)
            try await busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            var iterator = responders.makeAsyncIterator()
            let responder = try #require(await iterator.next())
            await server.stopAccepting()
            #expect(await idle.readToEnd() == "")
            try await responder.eventLoop.submit { responder.value.reply(status: 200, body: "late") }.get()
            #expect(await busy.readToEnd().hasSuffix("Connection: close\r\n\r\nlate"))
            await #expect(throws: (any Error).self) { try await RawClient.connect(port: server.port) }
        }
    }
}
