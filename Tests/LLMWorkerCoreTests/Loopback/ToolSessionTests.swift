import HTTPServing
import JSONText
import LLMWorkerCore
import NIOCore
import NIOHTTP1
import Observability
import Testing
import WorkerProtocol

/// Tools of a session against a server on loopback.
@Suite("Tools of a session", .timeLimit(.minutes(1)))
struct ToolSessionTests {
    private func withTool(
        method: String = "POST",
        path: String = "/slots",
        headers: [String: String] = [:],
        timeoutMilliseconds: Int = 30_000,
        hasEffect: Bool = true,
        script: @escaping ScriptedServer.Script,
        test: (SessionDriver, ScriptedServer, LanguageModelSettings, inout AsyncStream<Heard>.Iterator) async throws ->
            Void
    ) async throws {
        let server = try await ScriptedServer.start(script: script)
        var options = LanguageModelOptions(
            environment: [
                "OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": server.url + "/v1", "DIALTONE_TOOL_TOKEN": "t0ken",
            ]
        )
        options.wallClock = { 1_782_907_200 }
        var settings = LanguageModelSettings()
        settings.provider = "openai"
        settings.timeZone = "Nowhere/Unknown"
        let http = HTTPTool(
            url: server.url + path,
            method: method,
            headers: headers,
            timeoutMilliseconds: timeoutMilliseconds,
            hasEffect: hasEffect
        )
        settings.tools = [
            ToolDefinition(name: "book", description: "", inputSchema: [:], implementation: .http(http)),
            ToolDefinition(name: "current_time", description: "", inputSchema: [:], implementation: .currentTime),
            ToolDefinition(name: "end_call", description: "", inputSchema: [:], implementation: .conversation),
        ]
        try await SessionDriver.run(against: server, settings: settings, options: options) { driver, server, heard in
            try await test(driver, server, settings, &heard)
        }
    }

    private func run(_ id: String, _ name: String = "book", key: String = "CA1-t1", input: JSONValue = ["day": "Tue"])
        -> LanguageModelCommand
    {
        .runTool(id: id, name: name, input: input, idempotencyKey: key)
    }

    private func result(_ id: String, _ content: String, isError: Bool = false) -> Heard {
        .event(.toolResult(id: id, content: content, isError: isError))
    }

    @Test("a tool is asked with the model's input, the agent's headers and the run's key")
    func request() async throws {
        try await withTool(headers: ["Authorization": "Bearer ${DIALTONE_TOOL_TOKEN}"]) { _, _, responder in
            responder.reply(status: 200, headers: [("content-type", "application/json")], body: #"{"slot":"10:30"}"#)
        } test: { driver, server, _, heard in
            driver.send(run("a"))
            #expect(await heard.answer() == result("a", #"{"slot":"10:30"}"#))
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.target == "/slots")
            #expect(request.json == ["day": "Tue"])
            #expect(request.headers["authorization"] == ["Bearer t0ken"])
            #expect(request.headers["idempotency-key"] == ["CA1-t1"])
        }
    }

    @Test("a run asked for again is answered with the first outcome, from another session too")
    func idempotency() async throws {
        try await withTool { number, _, responder in
            responder.reply(status: 200, headers: [("content-type", "text/plain")], body: "booked \(number)")
        } test: { driver, server, settings, heard in
            driver.send(run("a"))
            #expect(await heard.answer() == result("a", "booked 1"))
            driver.send(run("a", input: ["day": "Wed"]))
            #expect(await heard.answer() == result("a", "booked 1"))
            driver.closeLink()
            try await driver.reopen(settings)
            driver.send(run("a"))
            #expect(await heard.answer() == result("a", "booked 1"))
            driver.send(run("b", key: "CA1-t2"))
            #expect(await heard.answer() == result("b", "booked 2"))
            #expect(server.requests.count == 2)
        }
    }

    @Test("a run asked for again while it goes on is joined, and it outlives its session")
    func joined() async throws {
        let streams = StreamBox()
        try await withTool { _, _, responder in
            streams.keep(responder.stream(status: 200, headers: [("content-type", "text/plain")]))
        } test: { driver, server, settings, heard in
            driver.send(run("a"))
            var arrivals = server.arrivals.makeAsyncIterator()
            _ = await arrivals.next()
            driver.closeLink()
            try await driver.reopen(settings)
            driver.send(run("b"), run("c"))
            streams.write("booked")
            streams.finish()
            // The first one's session is gone; its outbox still hears of it here.
            let results = [await heard.answer(), await heard.answer(), await heard.answer()]
            #expect(results.contains(result("b", "booked")))
            #expect(results.contains(result("c", "booked")))
            #expect(server.requests.count == 1)
        }
    }

    @Test("a tool that does not answer in time is an error, and its request is closed")
    func timeout() async throws {
        try await withTool(timeoutMilliseconds: 1000) { _, _, _ in
        } test: { driver, server, _, heard in
            driver.send(run("a"))
            #expect(await heard.answer() == result("a", "The tool did not answer within 1000 ms.", isError: true))
            var disconnects = server.disconnects.makeAsyncIterator()
            #expect(await disconnects.next() == 1)
        }
    }

    @Test(
        "failures are errors for the model",
        arguments: [
            (404, "no such day", "The tool answered HTTP 404: no such day"), (500, "", "The tool answered HTTP 500."),
            (302, "", "The tool answered HTTP 302, a redirect, which is not followed."),
        ]
    )
    func failures(status: Int, body: String, content: String) async throws {
        try await withTool { _, _, responder in
            responder.reply(
                status: status,
                headers: [("content-type", "text/plain"), ("location", "/elsewhere")],
                body: body
            )
        } test: { driver, server, _, heard in
            driver.send(run("a"))
            #expect(await heard.answer() == result("a", content, isError: true))
            #expect(server.requests.count == 1)
        }
    }

    @Test("a connection that breaks is an error, and is not tried again")
    func brokenConnection() async throws {
        try await withTool { _, _, responder in
            responder.abort()
        } test: { driver, server, _, heard in
            driver.send(run("a"))
            guard case .event(.toolResult("a", let content, true))? = await heard.answer() else {
                Issue.record("no error")
                return
            }
            #expect(content.hasPrefix("The tool cannot be reached: "))
            #expect(server.requests.count == 1)
        }
    }

    @Test("an answer without end is cut and its request closed")
    func endlessAnswer() async throws {
        let server = ServerBox()
        try await withTool { number, _, responder in
            let stream = responder.stream(status: 200, headers: [("content-type", "text/plain")])
            let box = server
            stream.onDisconnect = {
                _ = stream
                _ = box
            }
            stream.write(String(repeating: "x", count: 2 * ToolOutcome.maximumBytes))
        } test: { driver, scripted, _, heard in
            server.value = scripted
            driver.send(run("a"))
            guard case .event(.toolResult("a", let content, false))? = await heard.answer() else {
                Issue.record("no result")
                return
            }
            #expect(content.utf8.count == ToolOutcome.maximumBytes)
            #expect(content.hasSuffix("[…cut]"))
        }
    }

    @Test("a GET carries the input in its query")
    func query() async throws {
        try await withTool(method: "GET", hasEffect: false) { _, _, responder in
            responder.reply(status: 200, headers: [("content-type", "text/plain")], body: "free")
        } test: { driver, server, _, heard in
            driver.send(run("a", input: ["day": "Tue 1"]))
            #expect(await heard.answer() == result("a", "free"))
            #expect(server.requests.first?.target == "/slots?day=Tue%201")
            #expect(server.requests.first?.headers["idempotency-key"].isEmpty == true)
        }
    }

    @Test(
        "what cannot be run is an error without a request",
        arguments: [
            ("unknown", [:], "There is no such tool."), ("end_call", [:], "This tool is not run here."),
            (
                "book", ["invalid_json": "{x"],
                "The input was not a valid JSON object. Call the tool again with valid JSON."
            ),
            ("book", [1], "The input was not a valid JSON object. Call the tool again with valid JSON."),
        ] as [(String, JSONValue, String)]
    )
    func notRun(name: String, input: JSONValue, content: String) async throws {
        try await withTool { _, _, responder in
            responder.reply(status: 200, body: "")
        } test: { driver, server, _, heard in
            driver.send(run("a", name, input: input))
            #expect(await heard.answer() == result("a", content, isError: true))
            #expect(server.requests.isEmpty)
        }
    }

    @Test("a missing secret is an error that does not name it to the model")
    func missingSecret() async throws {
        try await withTool(headers: ["X": "${NOT_SET_ANYWHERE}"]) { _, _, responder in
            responder.reply(status: 200, body: "")
        } test: { driver, server, _, heard in
            driver.send(run("a"))
            #expect(
                await heard.answer()
                    == result("a", "The tool cannot be used: it is not set up correctly.", isError: true)
            )
            #expect(server.requests.isEmpty)
        }
    }

    @Test("the time is told in UTC when the zone is unknown")
    func currentTime() async throws {
        try await withTool { _, _, _ in
        } test: { driver, _, _, heard in
            driver.send(run("a", "current_time", input: [:]))
            let text = "Wednesday, 1 July 2026, 12:00 PM, time zone UTC (UTC). ISO 8601: 2026-07-01T12:00:00+00:00"
            #expect(await heard.answer() == result("a", text))
        }
    }

    @Test("a session may have only so many tools running")
    func tooMany() async throws {
        try await withTool { _, _, _ in
        } test: { driver, _, _, heard in
            for index in 0...LanguageModelSession.maximumRunningTools {
                driver.send(run("t\(index)", key: "k\(index)"))
            }
            let last = "t\(LanguageModelSession.maximumRunningTools)"
            #expect(await heard.answer() == result(last, "Too many tools are running.", isError: true))
        }
    }
}
