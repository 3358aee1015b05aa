import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Simulators
import Testing

@Suite struct FakeAnthropicTests {
    private static let headers = [
        ("authorization", "Bearer sk-test"), ("anthropic-version", "2026-10-21"), ("content-type", "application/json"),
    ]
    private static let body: JSONValue = [
        "model": "claude-haiku-5-5", "max_tokens": 400, "stream": true, "thinking": ["type": "disabled"],
        "tools": [
            [
                "name": "find_slot",
                "input_schema": ["type": "object", "properties": ["day": ["type": "string"]], "required": ["day"]],
            ]
        ],
        "messages": [["role": "user", "content": "Can I come in on Tuesday?"]],
    ]

    private func start(_ change: (inout AnthropicSettings) -> Void = { _ in }) async throws -> FakeAnthropic {
        var settings = AnthropicSettings()
        settings.timing = StreamTiming(firstToken: 0, betweenTokens: 0)
        change(&settings)
        return try await .start(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
    }

    private func post(
        _ fake: FakeAnthropic,
        _ body: JSONValue = FakeAnthropicTests.body,
        headers: [(String, String)] = FakeAnthropicTests.headers
    ) async throws -> HTTPExchange {
        try await .post(fake.url + "/v1/messages", body, headers: headers)
    }

    @Test func `a message is streamed and remembered`() async throws {
        let fake = try await self.start()
        let answer = try await self.post(fake)
        #expect(answer.status == 200)
        #expect(answer.headers.first(name: "content-type")?.hasPrefix("text/event-stream") == true)
        #expect(answer.headers.first(name: "request-id")?.hasPrefix("req_") == true)
        #expect(answer.headers.first(name: "anthropic-ratelimit-requests-remaining") == "999")
        #expect(answer.events.allSatisfy { $0.name == $0.data["type"]?.stringValue })
        #expect(answer.events.first?.name == "message_start")
        #expect(answer.events.last?.name == "message_stop")
        let text = answer.events.compactMap { $0.data["delta"]?["text"]?.stringValue }.joined()
        #expect(text == "One moment, please. I will look at Tuesday.")
        let request = fake.requests.first
        #expect(request?.reply?.toolCalls.first?.name == "find_slot")
        #expect(request?.headers["authorization"] == nil)
        #expect(request?.body == Self.body)
        let kinds = fake.events.all.map(\.event)
        #expect(kinds.first == .accepted(request: 1))
        #expect(kinds.contains(.firstDelta(request: 1)))
        await fake.stop()
    }

    @Test func `a cache can be filled without an answer, and is then read`() async throws {
        let fake = try await self.start()
        let system: JSONValue = [
            [
                "type": "text", "text": .string(String(repeating: "Oak Dental. ", count: 300)),
                "cache_control": ["type": "ephemeral", "ttl": "1h"],
            ]
        ]
        var body = Self.body.objectValue ?? [:]
        body["system"] = system
        var fill = body
        fill["max_tokens"] = 0
        fill["stream"] = nil
        let filled = try await self.post(fake, .object(fill))
        #expect(filled.json?["content"] == [])
        #expect(filled.json?["stop_reason"] == "max_tokens")
        let written = filled.json?["usage"]?["cache_creation_input_tokens"]?.intValue ?? 0
        #expect(written > 512)
        let answer = try await self.post(fake, .object(body))
        let usage = answer.events.first?.data["message"]?["usage"]
        #expect(usage?["cache_read_input_tokens"]?.intValue == written)
        await fake.stop()
    }

    @Test func `without a stream the message comes whole`() async throws {
        let fake = try await self.start()
        var body = Self.body.objectValue ?? [:]
        body["stream"] = false
        let answer = try await self.post(fake, .object(body))
        #expect(answer.json?["content"]?[0]?["text"] == "One moment, please. I will look at Tuesday.")
        #expect(answer.json?["content"]?[1]?["input"] == ["day": "Tuesday"])
        #expect(answer.json?["stop_reason"] == "tool_use")
        await fake.stop()
    }

    private static let strangers: [([(String, String)], Int, String)] = [
        ([], 401, "authentication_error"), ([("x-api-key", "wrong")], 401, "authentication_error"),
        ([("x-api-key", "sk-test"), ("authorization", "Bearer sk-test")], 401, "authentication_error"),
        ([("x-api-key", "sk-test")], 400, "invalid_request_error"),
        ([("x-api-key", "sk-test"), ("anthropic-version", "2026-10-21")], 400, "invalid_request_error"),
        (
            [("x-api-key", "sk-test"), ("anthropic-version", "2020-01-01"), ("content-type", "application/json")], 400,
            "invalid_request_error"
        ),
        (
            [("x-api-key", "sk-test"), ("anthropic-version", "2023-06-01"), ("content-type", "application/json")], 200,
            ""
        ),
    ]

    @Test(arguments: strangers.indices)
    func `headers are checked`(index: Int) async throws {
        let (headers, status, type) = Self.strangers[index]
        let fake = try await self.start { $0.apiKeys = ["sk-test"] }
        let answer = try await self.post(fake, headers: headers)
        #expect(answer.status == status)
        if status != 200 {
            #expect(answer.json?["type"] == "error")
            #expect(answer.json?["error"]?["type"]?.stringValue == type)
            #expect(answer.json?["request_id"]?.stringValue == answer.headers.first(name: "request-id"))
        }
        await fake.stop()
    }

    @Test func `a bad request is refused with the service's words and recorded`() async throws {
        let fake = try await self.start()
        var body = Self.body.objectValue ?? [:]
        body["temperature"] = 0.7
        let answer = try await self.post(fake, .object(body))
        #expect(answer.status == 400)
        #expect(answer.json?["error"]?["message"] == "temperature: Extra inputs are not permitted")
        #expect(
            fake.events.all.first?.event
                == .refused(
                    request: 1,
                    status: 400,
                    type: "invalid_request_error",
                    message: "temperature: Extra inputs are not permitted"
                )
        )
        await fake.stop()
    }

    @Test(arguments: [
        (401, "authentication_error"), (402, "billing_error"), (403, "permission_error"), (404, "not_found_error"),
        (429, "rate_limit_error"), (500, "api_error"), (529, "overloaded_error"),
    ])
    func `the next requests can be refused`(status: Int, type: String) async throws {
        let fake = try await self.start()
        fake.failNext(with: .status(status, retryAfter: 7))
        let answer = try await self.post(fake)
        #expect(answer.status == status)
        #expect(answer.json?["error"]?["type"]?.stringValue == type)
        #expect(answer.headers.first(name: "retry-after") == "7")
        #expect(try await self.post(fake).status == 200)
        await fake.stop()
    }

    @Test func `a stream can end without its end`() async throws {
        let fake = try await self.start()
        fake.failNext(with: .endOfFile(afterDeltas: 2))
        let answer = try await self.post(fake)
        #expect(answer.status == 200)
        #expect(answer.events.last?.name == "content_block_delta")
        fake.failNext(with: .errorEvent(afterDeltas: 2))
        #expect(try await self.post(fake).events.last?.name == "error")
        fake.failNext(with: .cutStream(afterDeltas: 2))
        await #expect(throws: (any Error).self) { try await self.post(fake) }
        await fake.stop()
    }

    @Test func `a client that goes away is noticed, with what it had been sent`() async throws {
        let fake = try await self.start()
        fake.failNext(with: .stall(afterDeltas: 3))
        try await HTTPExchange.abandon(fake.url + "/v1/messages", Self.body, headers: Self.headers)
        let end = try await fake.events.waitFor("cancelled") { if case .cancelled = $0 { true } else { false } }
        guard case .cancelled(1, let deltas) = end.event else { return }
        #expect((0...3).contains(deltas))
        #expect(fake.running == 0)
        await fake.stop()
    }

    @Test func `the limit of requests a minute is kept`() async throws {
        let fake = try await self.start { $0.requestsPerMinute = 1 }
        #expect(try await self.post(fake).status == 200)
        #expect(try await self.post(fake).status == 429)
        await fake.stop()
    }

    @Test func `models are listed`() async throws {
        let fake = try await self.start()
        let list = try await HTTPExchange.send(.GET, fake.url + "/v1/models?limit=1", headers: Self.headers)
        #expect(list.json?["data"]?[0]?["id"] == "claude-haiku-5-5")
        let one = try await HTTPExchange.send(.GET, fake.url + "/v1/models/claude-haiku-5-5", headers: Self.headers)
        #expect(one.json?["type"] == "model")
        #expect(try await HTTPExchange.send(.GET, fake.url + "/v1/models/x", headers: Self.headers).status == 404)
        #expect(try await HTTPExchange.send(.GET, fake.url + "/v1/other", headers: Self.headers).status == 404)
        await fake.stop()
    }
}
