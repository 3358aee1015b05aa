import HTTPServing
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPServerTests {
    /// Answers with what was asked.
    private static let echo: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
        let body = "\(request.method) \(request.path) \(request.query ?? "-") \(String(buffer: request.body))"
        responder.reply(status: 200, headers: [("X-Echo", request.headers.first(name: "x-a") ?? "")], body: body)
    }

    @Test func aRequestIsAnswered() async throws {
        try await withServer(handler: Self.echo) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("POST /a%20b?c=d?e HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nhi")
            #expect(
                await client.read(until: "hi") == "HTTP/1.1 200 OK\r\nX-Echo: 1\r\nContent-Length: 20\r\n"
                    + "Connection: keep-alive\r\n\r\nPOST /a%20b c=d?e hi"
            )
        }
    }

    @Test func theOtherEndIsNamed() async throws {
        try await withServer(handler: { $1.reply(status: 200, body: "<\($0.remoteAddress ?? "nobody")>") }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.read(until: ">").contains("<127.0.0.1:"))
        }
    }

    @Test func aConnectionIsUsedAgainAndClosedWhenAsked() async throws {
        try await withServer(handler: Self.echo) { server in
            let client = try await RawClient.connect(port: server.port)
            for path in ["/1", "/2"] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await client.read(until: "GET \(path) - ").hasSuffix("keep-alive\r\n\r\nGET \(path) - "))
            }
            try await client.send("GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(await client.readToEnd().hasSuffix("close\r\n\r\nGET /3 - "))
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
            guard request.path == "/slow" else { return responder.reply(status: 200, body: "[\(request.path)]") }
            responder.eventLoop.assumeIsolated().execute { responder.reply(status: 200, body: "[/slow]") }
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            let paths = ["/slow", "/1", "/2", "/slow", "/slow", "/3"]
            try await client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            for path in paths { #expect(await client.read(until: "]").hasSuffix("\r\n\r\n[\(path)]")) }
        }
    }

    @Test func garbageAfterARequestDoesNotSpoilItsReply() async throws {
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { _, responder in
            responder.eventLoop.assumeIsolated().execute { responder.reply(status: 200, body: "fine") }
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n\u{1}\u{2}garbage\r\n\r\n")
            #expect(await client.readToEnd().hasSuffix("Connection: close\r\n\r\nfine"))
        }
    }

    @Test func aHEADRequestGetsTheLengthOnly() async throws {
        try await withServer(handler: { $1.reply(status: 200, body: "four") }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(
                await client.readToEnd() == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
            )
        }
    }

    @Test func aBodyWaitsForTheInterimReply() async throws {
        try await withServer(handler: Self.echo) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(await client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("ok")
            #expect(await client.read(until: "ok").hasSuffix("POST / - ok"))
        }
    }

    @Test func aResponderThatIsDroppedAnswers500() async throws {
        try await withServer(handler: { _, _ in }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.read(until: "\r\n").hasPrefix("HTTP/1.1 500 "))
        }
    }

    @Test func onlyTheFirstAnswerCounts() async throws {
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { _, responder in
            responder.reply(status: 201, body: "one.")
            responder.reply(status: 202, body: "two.")
            responder.stream(status: 203).finish()
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.read(until: "one.").hasPrefix("HTTP/1.1 201 "))
            #expect(await client.read(until: "one.").hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test func aReplyWithALineBreakInAHeaderBecomesA500() async throws {
        try await withServer(handler: { $1.reply(status: 200, headers: [("A", "b\r\nC: d")]) }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 500 "))
            #expect(!text.contains("C: d"))
        }
    }

    @Test func anAbortEndsTheConnectionWithoutAnAnswer() async throws {
        try await withServer(handler: { $1.abort() }) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.readToEnd() == "")
        }
    }

    @Test func aDisconnectBeforeTheAnswerIsTold() async throws {
        let (notices, sink) = AsyncStream.makeStream(of: String.self)
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { _, responder in
            // The closure keeps the responder until the notice, as an application does that answers later.
            responder.onDisconnect = {
                responder.reply(status: 200)
                sink.yield("gone")
            }
            sink.yield("asked")
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            var iterator = notices.makeAsyncIterator()
            #expect(await iterator.next() == "asked")
            try await client.close()
            #expect(await iterator.next() == "gone")
        }
    }

    // MARK: - Streams

    @Test func aStreamArrivesPieceByPieceAndTheConnectionLivesOn() async throws {
        let (streams, sink) = AsyncStream.makeStream(of: NIOLoopBound<HTTPBodyStream>.self)
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
            guard request.path == "/events" else { return responder.reply(status: 200, body: "after") }
            let stream = responder.stream(status: 200, headers: [("Content-Type", "text/event-stream")])
            sink.yield(NIOLoopBound(stream, eventLoop: responder.eventLoop))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.read(until: "\r\n\r\n").contains("Transfer-Encoding: chunked"))
            var iterator = streams.makeAsyncIterator()
            let stream = try #require(await iterator.next())
            for text in ["one", "two"] {
                try await stream.eventLoop.submit { stream.value.write("data: \(text)\n\n") }.get()
                #expect(await client.read(until: "\n\n\r\n") == "b\r\ndata: \(text)\n\n\r\n")
            }
            try await stream.eventLoop.submit { stream.value.finish() }.get()
            #expect(await client.read(until: "0\r\n\r\n") == "0\r\n\r\n")
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await client.read(until: "after").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func aDisconnectDuringAStreamIsTold() async throws {
        let (notices, sink) = AsyncStream.makeStream(of: Bool.self)
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { _, responder in
            let stream = responder.stream(status: 200)
            stream.write("x")
            stream.onDisconnect = { sink.yield(stream.isOpen) }
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(port: server.port)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await client.read(until: "x\r\n")
            try await client.close()
            var iterator = notices.makeAsyncIterator()
            #expect(await iterator.next() == false)
        }
    }

    @Test func aStreamThatIsAbortedOrDroppedEndsTheConnectionInsideTheBody() async throws {
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
            let stream = responder.stream(status: 200)
            stream.write("x")
            if request.path == "/abort" { stream.abort() }
        }
        try await withServer(handler: handler) { server in
            for path in ["/abort", "/drop"] {
                let client = try await RawClient.connect(port: server.port)
                try await client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await client.readToEnd().hasSuffix("\r\n\r\n1\r\nx\r\n"))
            }
        }
    }

    @Test func asManyBytesOfAStreamAsTheLimitMayWaitAndNoMore() async throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
        let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void = { request, responder in
            let stream = responder.stream(status: 200)
            stream.write(ByteBuffer(repeating: 0x78, count: request.body.readableBytes))
            stream.finish()
        }
        let limits = HTTPServerLimits(maximumBufferedBytes: head.utf8.count + 3)
        try await withServer(limits: limits, handler: handler) { server in
            let fitting = try await RawClient.connect(port: server.port)
            try await fitting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            #expect(await fitting.read(until: "0\r\n\r\n") == head + "3\r\nxxx\r\n0\r\n\r\n")
            let tooLong = try await RawClient.connect(port: server.port)
            try await tooLong.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd")
            #expect(await tooLong.readToEnd() == "")
        }
    }
}
