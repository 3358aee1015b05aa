import JSONText
import Testing

@testable import Simulators

@Suite struct AnthropicScriptTests {
    private func script(
        _ reply: BrainReply,
        thinking: String = "disabled",
        fault: ModelFault? = nil,
        timing: StreamTiming = StreamTiming(firstToken: 200, betweenTokens: 20)
    ) throws -> AnthropicScript {
        let body: JSONValue = [
            "model": "claude-haiku-5-5", "max_tokens": 400, "stream": true, "thinking": ["type": .string(thinking)],
            "messages": [["role": "user", "content": "Hi"]],
        ]
        return AnthropicScript(
            request: try AnthropicValidator(version: "2026-10-21", body: body).validate(),
            reply: reply,
            usage: PromptCache.Usage(fresh: 41, written5m: 0, written1h: 7, read: 812),
            messageID: "msg_sim01",
            timing: timing,
            fault: fault,
            seed: 1
        )
    }

    private func text(_ steps: [StreamStep]) -> String {
        steps.map { if case .send(let text) = $0.action { text } else { "" } }.joined()
    }

    private func data(_ steps: [StreamStep]) -> [JSONValue] {
        self.text(steps).split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .compactMap { try? JSONValue.parse(String($0.dropFirst(6))) }
    }

    @Test func `a short answer is these bytes`() throws {
        let steps = try self.script(BrainReply("No")).stream()
        #expect(
            self.text(steps).replacing("\"N\"", with: "\"No\"") == """
                event: message_start
                data: {"type":"message_start","message":{"id":"msg_sim01","type":"message","role":"assistant",\
                "model":"claude-haiku-5-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":\
                {"input_tokens":41,"cache_creation_input_tokens":7,"cache_read_input_tokens":812,"cache_creation":\
                {"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":7},"output_tokens":1,\
                "service_tier":"standard"}}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                event: ping
                data: {"type":"ping"}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"No"}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":0}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
                "usage":{"output_tokens":1}}

                event: message_stop
                data: {"type":"message_stop"}


                """
        )
        #expect(steps.last?.action == .finish)
    }

    @Test func `text and tool come in blocks of rising index and join to what was meant`() throws {
        let call = ChatToolCall(id: "toolu_1", name: "find_slot", input: ["day": "Tuesday"])
        let data = self.data(try self.script(BrainReply("One moment, please.", toolCalls: [call])).stream())
        let deltas = data.compactMap { $0["delta"] }
        #expect(deltas.compactMap { $0["text"]?.stringValue }.joined() == "One moment, please.")
        #expect(deltas.compactMap { $0["partial_json"]?.stringValue }.joined() == #"{"day":"Tuesday"}"#)
        #expect(deltas.compactMap { $0["partial_json"]?.stringValue }.first == "")
        #expect(data.compactMap { $0["content_block"]?["type"]?.stringValue } == ["text", "tool_use"])
        #expect(data.filter { $0["content_block"] != nil }.compactMap { $0["index"]?.intValue } == [0, 1])
        #expect(data.first { $0["type"] == "message_delta" }?["delta"]?["stop_reason"] == "tool_use")
    }

    @Test func `a tool without arguments has an empty input`() throws {
        let call = ChatToolCall(id: "toolu_1", name: "end_call")
        let data = self.data(try self.script(BrainReply("", toolCalls: [call])).stream())
        #expect(data.compactMap { $0["delta"]?["partial_json"]?.stringValue } == [""])
        #expect(!data.contains { $0["content_block"]?["type"] == "text" })
    }

    @Test func `a thinking model thinks first, with nothing to see`() throws {
        let steps = try self.script(BrainReply("Hello there, caller."), thinking: "adaptive").stream()
        let data = self.data(steps)
        #expect(data.compactMap { $0["content_block"]?["type"]?.stringValue } == ["thinking", "text"])
        #expect(data.contains { $0["delta"]?["type"] == "signature_delta" })
        let wait = steps.prefix { $0.deltas == 0 }.reduce(0) { $0 + $1.wait }
        #expect(wait == 180_000 + AnthropicScript.thinkingMilliseconds * 1000)
    }

    @Test func `the times are those set`() throws {
        let steps = try self.script(BrainReply("Hello there, this is Oak Dental.")).stream()
        #expect(steps.first?.wait == 180_000)
        let deltas = steps.last?.deltas ?? 0
        #expect(deltas > 4)
        #expect(steps.dropFirst().reduce(0) { $0 + $1.wait } == deltas * 20_000)
    }

    @Test func `a limit in the middle of a tool's arguments leaves them unfinished`() throws {
        let call = ChatToolCall(id: "toolu_1", name: "find_slot", input: ["day": "Tuesday"])
        let reply = BrainReply("Wait.", toolCalls: [call], ending: .maximumTokens)
        let data = self.data(try self.script(reply).stream())
        let input = data.compactMap { $0["delta"]?["partial_json"]?.stringValue }.joined()
        #expect((try? JSONValue.parse(input)) == nil)
        #expect(data.first { $0["type"] == "message_delta" }?["delta"]?["stop_reason"] == "max_tokens")
    }

    @Test func `a refusal says so`() throws {
        let data = self.data(try self.script(BrainReply("I", ending: .refusal)).stream())
        let delta = data.first { $0["type"] == "message_delta" }?["delta"]
        #expect(delta?["stop_reason"] == "refusal")
        #expect(delta?["stop_details"]?["type"] == "refusal")
    }

    @Test func `surprises come in between and leave the answer whole`() throws {
        let reply = BrainReply("Hello there, this is Oak Dental, good morning.")
        let steps = try self.script(reply, fault: .surprises).stream()
        let data = self.data(steps)
        #expect(data.compactMap { $0["delta"]?["text"]?.stringValue }.joined() == reply.text)
        #expect(data.contains { $0["type"] == "weather_report" })
        #expect(data.contains { $0["delta"]?["type"] == "mood_delta" })
        #expect(self.text(steps).contains("\n: a comment\n"))
    }

    @Test func `an error in the stream ends it`() throws {
        let steps = try self.script(BrainReply("Hello there, caller."), fault: .errorEvent(afterDeltas: 2)).stream()
        let data = self.data(steps)
        #expect(data.last?["type"] == "error")
        #expect(data.last?["error"]?["type"] == "overloaded_error")
        #expect(!data.contains { $0["type"] == "message_stop" })
        #expect(steps.last == StreamStep(wait: 0, action: .finish, deltas: 2))
    }
}
