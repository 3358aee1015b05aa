import HTTPServing
import JSONText
import LLMWorkerCore
import NIOHTTP1
import Observability
import Testing
import WorkerProtocol

/// One session against a server on loopback that speaks OpenAI's chat completions.
@Suite("OpenAI session", .timeLimit(.minutes(1)))
struct OpenAISessionTests {
    private typealias Stream = OpenAIStreamDecoderTests

    private func withSession(
        script: @escaping ScriptedServer.Script,
        test: (SessionDriver, ScriptedServer, inout AsyncStream<Heard>.Iterator) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer.start(script: script)
        var options = LanguageModelOptions(environment: ["OPENAI_API_KEY": "sk-secret"])
        options.timing = ReplyTiming(retryPauseMilliseconds: 1...2)
        var settings = LanguageModelSettings()
        settings.provider = "openai"
        settings.model = "llama"
        settings.baseURL = server.url + "/v1"
        try await SessionDriver.run(against: server, settings: settings, options: options, test: test)
    }

    @Test("words and calls arrive, and the request is the compatible one")
    func wholeReply() async throws {
        try await withSession { _, _, responder in
            responder.reply(events: Stream.wholeReply)
        } test: { driver, server, heard in
            driver.ask(1)
            let all = await heard.untilEnd()
            #expect(all.text == "One moment.")
            #expect(
                all.contains(.event(.toolCall(generation: 1, id: "call_1", name: "find_slot", input: ["day": "Tue"])))
            )
            #expect(all.last == .event(.end(generation: 1, .toolUse)))
            let request = try #require(server.requests.first)
            #expect(request.target == "/v1/chat/completions")
            #expect(request.headers["authorization"] == ["Bearer sk-secret"])
            #expect(request.json?["max_tokens"] == 400)
        }
    }

    @Test("the reply is over with its finish reason, even if the server keeps the stream open")
    func staysOpen() async throws {
        let server = ServerBox()
        try await withSession { number, _, responder in
            _ = server.value?.stream(number, responder, Stream.text("Hi") + Stream.chunk("{}", finish: "stop"))
        } test: { driver, scripted, heard in
            server.value = scripted
            driver.ask(1)
            #expect(await heard.untilEnd().last == .event(.end(generation: 1, .endTurn)))
        }
    }

    @Test("a bad key is told and never quoted, an error line after words is a failure", arguments: [false, true])
    func failures(afterText: Bool) async throws {
        try await withSession { _, _, responder in
            if afterText {
                responder.reply(events: Stream.text("Hi") + "data: {\"error\":{\"code\":\"server_error\"}}\n\n")
            } else {
                responder.reply(
                    status: 401,
                    body: #"{"error":{"message":"Incorrect key sk-se***","code":"invalid_api_key"}}"#
                )
            }
        } test: { driver, server, heard in
            driver.ask(1)
            let failure = try #require(await heard.untilEnd().failure)
            #expect(failure.kind == (afterText ? .unavailable : .rejected))
            #expect(!failure.detail.contains("sk-se"))
            #expect(server.requests.count == 1)
        }
    }
}
