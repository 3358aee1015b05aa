import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Simulators
import Testing

@Suite struct FakeOpenAITests {
    private static let headers = [("authorization", "Bearer sk-test"), ("content-type", "application/json")]

    private static func body(_ text: String = "Can I come in on Tuesday?", model: String = "gpt-6-luna") -> JSONValue {
        [
            "model": .string(model), "stream": true, "stream_options": ["include_usage": true],
            "reasoning_effort": "none",
            "tools": [
                [
                    "type": "function",
                    "function": [
                        "name": "find_slot",
                        "parameters": [
                            "type": "object", "properties": ["day": ["type": "string"]], "required": ["day"],
                        ],
                    ],
                ]
            ],
            "messages": [["role": "user", "content": .string(text)]],
        ]
    }

    private func start(_ change: (inout OpenAISettings) -> Void = { _ in }) async throws -> FakeOpenAI {
        var settings = OpenAISettings()
        settings.timing = StreamTiming(firstToken: 0, betweenTokens: 0)
        change(&settings)
        return try await .start(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
    }

    private func post(
        _ fake: FakeOpenAI,
        _ body: JSONValue = FakeOpenAITests.body(),
        headers: [(String, String)] = FakeOpenAITests.headers
    ) async throws -> HTTPExchange {
        try await .post(fake.url + "/chat/completions", body, headers: headers)
    }

    private func deltas(_ answer: HTTPExchange) -> [JSONValue] {
        answer.events.compactMap { $0.data["choices"]?[0]?["delta"] }
    }

    @Test func `a completion is streamed in OpenAI's manner`() async throws {
        let fake = try await self.start()
        let answer = try await self.post(fake)
        #expect(answer.status == 200)
        #expect(answer.events.allSatisfy { $0.name.isEmpty })
        #expect(answer.events.last?.data == "[DONE]")
        let usage = answer.events.dropLast().last?.data
        #expect(usage?["choices"] == [])
        #expect((usage?["usage"]?["total_tokens"]?.intValue ?? 0) > 0)
        let deltas = self.deltas(answer)
        #expect(deltas.first == ["role": "assistant", "content": ""])
        #expect(
            deltas.compactMap { $0["content"]?.stringValue }.joined() == "One moment, please. I will look at Tuesday."
        )
        let calls = deltas.compactMap { $0["tool_calls"]?[0] }
        #expect(calls.first?["function"] == ["name": "find_slot", "arguments": ""])
        #expect(calls.dropFirst().allSatisfy { $0["id"] == nil })
        let arguments = calls.compactMap { $0["function"]?["arguments"]?.stringValue }.joined()
        #expect(arguments == #"{"day":"Tuesday"}"#)
        let finish = answer.events.compactMap { $0.data["choices"]?[0]?["finish_reason"]?.stringValue }
        #expect(finish == ["tool_calls"])
        await fake.stop()
    }

    @Test func `Ollama needs no key, gives whole calls and finishes with stop`() async throws {
        let fake = try await self.start { settings in
            settings.profile = .ollama
            settings.sendsDone = false
            settings.brain = Brain { _ in
                BrainReply(
                    "",
                    toolCalls: [
                        ChatToolCall(name: "find_slot", input: ["day": "Monday"]),
                        ChatToolCall(name: "find_slot", input: ["day": "Tuesday"]),
                    ]
                )
            }
        }
        let answer = try await self.post(fake, headers: [("content-type", "application/json")])
        let calls = self.deltas(answer).compactMap { $0["tool_calls"]?.arrayValue }.flatMap { $0 }
        #expect(calls.count == 2)
        #expect(calls.last?["function"]?["arguments"] == #"{"day":"Tuesday"}"#)
        #expect(answer.events.compactMap { $0.data["choices"]?[0]?["finish_reason"]?.stringValue } == ["stop"])
        #expect(!answer.text.contains("[DONE]"))
        await fake.stop()
    }

    @Test func `vLLM sends its reasoning beside the content`() async throws {
        let fake = try await self.start { $0.profile = .vllm }
        let answer = try await self.post(fake, Self.body("hello"))
        #expect(self.deltas(answer).contains { $0["reasoning"] != nil })
        #expect(self.deltas(answer).compactMap { $0["content"]?.stringValue }.joined() == "Hello. How can I help you?")
        await fake.stop()
    }

    @Test func `without a key OpenAI refuses`() async throws {
        let fake = try await self.start()
        let answer = try await self.post(fake, headers: [("content-type", "application/json")])
        #expect(answer.status == 401)
        #expect(answer.json?["error"]?["code"] == "invalid_api_key")
        await fake.stop()
    }

    @Test(arguments: [(401, "invalid_api_key"), (429, "rate_limit_exceeded"), (503, "server_is_overloaded")])
    func `the next requests can be refused`(status: Int, code: String) async throws {
        let fake = try await self.start()
        fake.failNext(with: .status(status, retryAfter: 2))
        let answer = try await self.post(fake)
        #expect(answer.status == status)
        #expect(answer.json?["error"]?["code"]?.stringValue == code)
        #expect(answer.headers.first(name: "retry-after") == "2")
        #expect(try await self.post(fake).status == 200)
        await fake.stop()
    }

    @Test func `an error can come in the stream, and surprises leave the answer whole`() async throws {
        let fake = try await self.start()
        fake.failNext(with: .errorEvent(afterDeltas: 2))
        let broken = try await self.post(fake)
        #expect(broken.events.last?.data["error"]?["type"] == "server_error")
        fake.failNext(with: .surprises)
        let whole = try await self.post(fake)
        #expect(self.deltas(whole).contains(.null))
        #expect(
            self.deltas(whole).compactMap { $0["content"]?.stringValue }.joined()
                == "One moment, please. I will look at Tuesday."
        )
        await fake.stop()
    }

    @Test func `a server that loads its model says so`() async throws {
        let fake = try await self.start {
            $0.profile = .vllm
            $0.isLoading = true
        }
        let health = String(fake.url.dropLast(3)) + "/health"
        #expect(try await HTTPExchange.send(.GET, health, headers: []).status == 503)
        #expect(try await self.post(fake).status == 503)
        fake.update { $0.isLoading = false }
        #expect(try await HTTPExchange.send(.GET, health, headers: []).json == ["status": "ok"])
        #expect(try await HTTPExchange.send(.GET, fake.url + "/models", headers: Self.headers).status == 200)
        await fake.stop()
    }
}
