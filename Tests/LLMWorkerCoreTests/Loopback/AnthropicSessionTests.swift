import HTTPServing
import JSONText
import LLMWorkerCore
import NIOCore
import NIOHTTP1
import Observability
import Testing
import WorkerProtocol

/// One session of the real service against a server on loopback that speaks Anthropic's protocol.
@Suite("Anthropic session", .timeLimit(.minutes(1)))
struct AnthropicSessionTests {
    private typealias Stream = AnthropicStreamDecoderTests

    private static let hello = [
        Stream.start, Stream.block(0, #"{"type":"text","text":""}"#), Stream.text(0, "Hel"), Stream.text(0, "lo."),
        Stream.stop(0), Stream.end("end_turn"), Stream.messageStop,
    ].joined()

    /// Runs a test with a session whose provider follows a script.
    private func withSession(
        timing: ReplyTiming = ReplyTiming(retryPauseMilliseconds: 1...2),
        warmingInterval: TimeAmount = .hours(1),
        script: @escaping ScriptedServer.Script,
        test: (SessionDriver, ScriptedServer, inout AsyncStream<Heard>.Iterator) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer.start(script: script)
        var options = LanguageModelOptions(
            environment: ["ANTHROPIC_API_KEY": "sk-secret", "ANTHROPIC_BASE_URL": server.url]
        )
        options.timing = timing
        options.warmingInterval = warmingInterval
        var settings = LanguageModelSettings()
        settings.system = "Be brief."
        try await SessionDriver.run(against: server, settings: settings, options: options, test: test)
    }

    @Test("words arrive between begin and end, and the request is Anthropic's")
    func plainReply() async throws {
        try await withSession { _, _, responder in
            responder.reply(events: Self.hello)
        } test: { driver, server, heard in
            driver.ask(7, "Hi")
            #expect(
                await heard.untilEnd() == [
                    .event(.begin(generation: 7)), .text("Hel"), .text("lo."), .event(.end(generation: 7, .endTurn)),
                ]
            )
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.target == "/v1/messages")
            #expect(request.headers["x-api-key"] == ["sk-secret"])
            #expect(request.headers["anthropic-version"] == ["2023-06-01"])
            #expect(request.headers["authorization"].isEmpty)
            #expect(request.json?["messages"]?[0]?["content"]?[0]?["text"] == "Hi")
            #expect(request.json?["system"]?[0]?["text"] == "Be brief.")
        }
    }

    @Test("each word leaves as soon as it has come")
    func noBuffering() async throws {
        let streams = StreamBox()
        try await withSession { number, _, responder in
            streams.keep(responder.stream(status: 200, headers: [("content-type", "text/event-stream")]))
            streams.write(Stream.start + Stream.text(0, "One "))
        } test: { driver, server, heard in
            driver.ask(1)
            #expect(await heard.answer() == .event(.begin(generation: 1)))
            #expect(await heard.answer() == .text("One "))
            // The rest is only sent once the first word has been heard.
            streams.write(Stream.text(0, "two"))
            #expect(await heard.answer() == .text("two"))
            streams.write(Stream.end("end_turn") + Stream.messageStop)
            streams.finish()
            #expect(await heard.answer() == .event(.end(generation: 1, .endTurn)))
        }
    }

    @Test("all parallel tool calls arrive, and ids that were used before are replaced")
    func parallelTools() async throws {
        try await withSession { _, _, responder in
            responder.reply(
                events: [
                    Stream.start, Stream.tool(0, "toolu_old", "one"), Stream.json(0, #"{\"n\":1}"#), Stream.stop(0),
                    Stream.tool(1, "toolu_2", "two"), Stream.stop(1), Stream.tool(2, "toolu_3", "three"),
                    Stream.json(2, "oops"), Stream.stop(2), Stream.end("tool_use"), Stream.messageStop,
                ].joined()
            )
        } test: { driver, server, heard in
            driver.send(
                .history(
                    generation: 1,
                    messages: [
                        LanguageModelMessage(
                            role: .assistant,
                            content: [.toolUse(id: "toolu_old", name: "one", input: [:])]
                        )
                    ]
                ),
                .generate(generation: 1)
            )
            let all = await heard.untilEnd()
            guard all.count == 5, case .event(.toolCall(1, let id, "one", ["n": 1])) = all[1] else {
                Issue.record("\(all)")
                return
            }
            #expect(id.hasPrefix("call_"))
            #expect(all[2] == .event(.toolCall(generation: 1, id: "toolu_2", name: "two", input: [:])))
            let marked: JSONValue = ["invalid_json": "oops"]
            #expect(all[3] == .event(.toolCall(generation: 1, id: "toolu_3", name: "three", input: marked)))
            #expect(all[4] == .event(.end(generation: 1, .toolUse)))
        }
    }

    @Test(
        "refusals are told, asked for once, and never quote the key",
        arguments: [
            (401, "authentication_error", .rejected), (404, "not_found_error", .rejected),
            (429, "rate_limit_error", .overloaded), (529, "overloaded_error", .overloaded),
        ] as [(Int, String, WorkerFailure.Kind)]
    )
    func refusals(status: Int, type: String, kind: WorkerFailure.Kind) async throws {
        try await withSession { _, _, responder in
            responder.reply(error: type, status: status, headers: [("retry-after", "7")])
        } test: { driver, server, heard in
            driver.ask(1)
            let failure = try #require(await heard.untilEnd().failure)
            #expect(failure.kind == kind)
            #expect(failure.isPermanent == (kind == .rejected))
            #expect(failure.status == status)
            #expect(failure.requestID == "req_1")
            #expect(failure.retryAfterMilliseconds == 7000)
            #expect(failure.detail.hasPrefix("anthropic answered \(status) \(type)"))
            #expect(status == 404 || !failure.detail.contains("sk-secret"))
            #expect(server.requests.count == 1)
        }
    }

    @Test("an error of theirs, a cut answer and a cut connection are asked for once more", arguments: 0..<5)
    func quickRetry(way: Int) async throws {
        try await withSession { number, _, responder in
            guard number == 1 else { return responder.reply(events: Self.hello) }
            switch way {
            case 0: responder.reply(error: "api_error", status: 500)
            case 1: responder.reply(events: Stream.start)
            case 2:
                responder.reply(
                    events: Stream.start + Stream.event("error", #"{"type":"error","error":{"type":"api_error"}}"#)
                )
            case 3: responder.abort()
            default:
                let stream = responder.stream(status: 200)
                stream.write(Stream.start)
                stream.abort()
            }
        } test: { driver, server, heard in
            driver.ask(1)
            let all = await heard.untilEnd()
            #expect(all.text == "Hello.")
            #expect(all.last == .event(.end(generation: 1, .endTurn)))
            #expect(all.filter { $0 == .event(.begin(generation: 1)) }.count == 1)
            #expect(server.requests.count == 2)
            #expect(server.requests[0].body == server.requests[1].body)
        }
    }

    @Test("a second failure is told")
    func failsTwice() async throws {
        try await withSession { _, _, responder in
            responder.reply(error: "api_error", status: 500)
        } test: { driver, server, heard in
            driver.ask(1)
            #expect(await heard.untilEnd().failure?.kind == .unavailable)
            #expect(server.requests.count == 2)
        }
    }

    @Test("after the first word nothing is asked again", arguments: 0..<3)
    func failsAfterText(way: Int) async throws {
        try await withSession { _, _, responder in
            let begun = Stream.start + Stream.text(0, "Well, ")
            switch way {
            case 0: responder.reply(events: begun)
            case 1:
                responder.reply(
                    events: begun + Stream.event("error", #"{"type":"error","error":{"type":"overloaded_error"}}"#)
                )
            default:
                let stream = responder.stream(status: 200)
                stream.write(begun)
                stream.eventLoop.assumeIsolated().execute { stream.abort() }
            }
        } test: { driver, server, heard in
            driver.ask(1)
            let all = await heard.untilEnd()
            #expect(all.text == "Well, ")
            #expect(all.failure?.kind == (way == 1 ? .overloaded : .unavailable))
            #expect(server.requests.count == 1)
        }
    }

    @Test("a server that is not there is a failure, and the session goes on")
    func unreachable() async throws {
        try await withSession { _, _, _ in
        } test: { driver, server, heard in
            await server.stop()
            driver.ask(1)
            let failure = await heard.untilEnd().failure
            #expect(failure?.kind == .unavailable)
            #expect(failure?.isPermanent == false)
            driver.ask(2)
            #expect(await heard.untilEnd().failure?.kind == .unavailable)
        }
    }

    @Test("no first word in time, or no next one, ends the reply and closes the request", arguments: [false, true])
    func deadlines(hasBegun: Bool) async throws {
        let timing = ReplyTiming(firstOutput: .milliseconds(hasBegun ? 30_000 : 30), nextOutput: .milliseconds(30))
        let server = ServerBox()
        try await withSession(timing: timing) { number, _, responder in
            // Pings are not progress.
            _ = server.value?.stream(
                number,
                responder,
                Stream.start + Stream.ping + (hasBegun ? Stream.text(0, "Well, ") : "")
            )
        } test: { driver, scripted, heard in
            server.value = scripted
            driver.ask(1)
            let failure = await heard.untilEnd().failure
            #expect(failure?.kind == .timedOut)
            #expect(failure?.detail == "anthropic said \(hasBegun ? "nothing more" : "nothing") within 30 ms")
            // Before the first word the request may not even have arrived within so short a time.
            guard hasBegun else { return }
            var disconnects = scripted.disconnects.makeAsyncIterator()
            #expect(await disconnects.next() == 1)
        }
    }

    /// Runs a test with a session whose first reply has begun and goes no further; replies after it are whole.
    private func withHeldReply(
        test: (SessionDriver, ScriptedServer, inout AsyncStream<Heard>.Iterator) async throws -> Void
    ) async throws {
        let server = ServerBox()
        try await withSession { number, _, responder in
            guard number == 1 else { return responder.reply(events: Self.hello) }
            _ = server.value?.stream(number, responder, Stream.start + Stream.text(0, "Well, "))
        } test: { driver, scripted, heard in
            server.value = scripted
            driver.ask(1)
            #expect(await heard.answer() == .event(.begin(generation: 1)))
            #expect(await heard.answer() == .text("Well, "))
            try await test(driver, scripted, &heard)
        }
    }

    @Test("the server sees a cancelled request go, and nothing is heard after the end")
    func cancel() async throws {
        try await withHeldReply { driver, server, heard in
            driver.send(.cancel(generation: 1), .cancel(generation: 1))
            #expect(await heard.answer() == .event(.end(generation: 1, .cancelled)))
            var disconnects = server.disconnects.makeAsyncIterator()
            #expect(await disconnects.next() == 1)
            driver.ask(2)
            let next = await heard.untilEnd()
            #expect(next.first == .event(.begin(generation: 2)))
            #expect(next.last == .event(.end(generation: 2, .endTurn)))
            driver.send(.cancel(generation: 2), .cancel(generation: 9), .close)
            #expect(await heard.answer() == .event(.session(.closed)))
        }
    }

    @Test("a request that has had no answer at all is closed too")
    func cancelBeforeTheHead() async throws {
        try await withSession { _, _, _ in
        } test: { driver, server, heard in
            driver.ask(1)
            var arrivals = server.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            driver.send(.cancel(generation: 1))
            #expect(await heard.untilEnd().last == .event(.end(generation: 1, .cancelled)))
            var disconnects = server.disconnects.makeAsyncIterator()
            #expect(await disconnects.next() == 1)
        }
    }

    @Test("a new generation ends the one before it")
    func superseded() async throws {
        try await withHeldReply { driver, server, heard in
            driver.ask(2)
            #expect(await heard.answer() == .event(.end(generation: 1, .cancelled)))
            #expect(await heard.answer() == .event(.begin(generation: 2)))
            #expect(await heard.untilEnd().text == "Hello.")
        }
    }

    @Test("the end of the link and the end of the session close the request", arguments: [false, true])
    func linkClosed(closesSession: Bool) async throws {
        let server = ServerBox()
        try await withSession { number, _, responder in
            _ = server.value?.stream(number, responder, Stream.start + Stream.text(0, "Well, "))
        } test: { driver, scripted, heard in
            server.value = scripted
            driver.ask(1)
            _ = await heard.answer()
            _ = await heard.answer()
            if closesSession {
                driver.send(.close)
                #expect(await heard.answer() == .event(.session(.closed)))
                #expect(await heard.answer() == .finished)
            } else {
                driver.closeLink()
            }
            var disconnects = scripted.disconnects.makeAsyncIterator()
            #expect(await disconnects.next() == 1)
        }
    }

    @Test("a connection is kept warm by requests that follow one another on it")
    func warmConnection() async throws {
        try await withSession(warmingInterval: .milliseconds(5)) { _, _, _ in
        } test: { driver, server, heard in
            var warmings = server.warmings.makeAsyncIterator()
            let first = try #require(await warmings.next())
            #expect(first.target == "/v1/models?limit=1")
            #expect(first.headers["x-api-key"] == ["sk-secret"])
            let second = try #require(await warmings.next())
            #expect(second.remoteAddress == first.remoteAddress)
            _ = try #require(await warmings.next())
            #expect(driver.metrics.prometheusText().contains(#"provider_reachable{provider="anthropic"} 1"#))
        }
    }

    @Test(
        "what is not a command fails the session alone",
        arguments: [
            ["type": "nonsense"], ["type": "generate"], ["type": "open", "call": "x", "settings": [:]], [],
        ] as [JSONValue]
    )
    func violations(control: JSONValue) async throws {
        try await withSession { _, _, _ in
        } test: { driver, _, heard in
            driver.send(control: control)
            guard case .event(.session(.failed(let failure)))? = await heard.answer() else {
                Issue.record("not failed")
                return
            }
            #expect(failure.kind == .protocolViolation)
            #expect(await heard.answer() == .finished)
        }
    }

    @Test("a history that is too large fails the generation")
    func hugeHistory() async throws {
        try await withSession { _, _, _ in
        } test: { driver, server, heard in
            let text = String(repeating: "x", count: PendingHistory.maximumBytes + 1)
            driver.ask(1, text)
            #expect(await heard.untilEnd().failure?.kind == .rejected)
            #expect(server.requests.isEmpty)
        }
    }
}
