import JSONText
import LLMWorkerCore
import Testing
import WorkerProtocol

@Suite("OpenAI stream decoder")
struct OpenAIStreamDecoderTests {
    static func chunk(_ delta: String, finish: String? = nil, extra: String = "") -> String {
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        return #"data: {"id":"c1","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)}]\#(extra)}"#
            + "\n\n"
    }

    static func text(_ text: String) -> String { chunk(#"{"content":"\#(text)"}"#) }

    static func calls(_ entries: String) -> String { chunk(#"{"tool_calls":[\#(entries)]}"#) }

    static let done = "data: [DONE]\n\n"
    static let usage =
        #"data: {"choices":[],"usage":{"prompt_tokens":61,"completion_tokens":19,"prompt_tokens_details":{"cached_tokens":11}}}"#
        + "\n\n"

    static let wholeReply = [
        chunk(#"{"role":"assistant","content":""}"#), ": PROCESSING\n\n", text("One "), text("moment."),
        calls(#"{"index":0,"id":"call_1","type":"function","function":{"name":"find_slot","arguments":""}}"#),
        calls(#"{"index":0,"function":{"arguments":"{\"day\":\"T"}}"#),
        calls(#"{"index":0,"function":{"arguments":"ue\"}"}}"#), chunk("{}", finish: "tool_calls"), usage, done,
    ].joined()

    private func decode(_ body: String, dripFed: Bool = false) -> [ReplyEvent] {
        decodeReply(body, OpenAIStreamDecoder(), dripFed: dripFed)
    }

    @Test("reads text and a tool call", arguments: [false, true])
    func wholeReply(dripFed: Bool) {
        #expect(
            decode(Self.wholeReply, dripFed: dripFed).words == [
                .text("One "), .text("moment."),
                .toolCall(ModelToolCall(id: "call_1", name: "find_slot", input: .valid(["day": "Tue"]))),
                .finished(.toolUse),
            ]
        )
        #expect(decode(Self.wholeReply).first == .text("One "))
    }

    @Test("the count of tokens may come after the end")
    func usageAfterTheEnd() {
        var stream = ReplyStream(OpenAIStreamDecoder(), provider: "test")
        var events: [ReplyEvent] = []
        stream.receive(Array(Self.wholeReply.utf8).span, into: &events)
        #expect(stream.usage.input == 50)
        #expect(stream.usage.cacheRead == 11)
        #expect(stream.usage.output == 19)
    }

    @Test("a reply is complete with its finish reason or with DONE, and not without either")
    func completeness() {
        let finished = Self.text("Hi") + Self.chunk("{}", finish: "stop")
        #expect(decode(finished).last == .finished(.endTurn))
        #expect(decode(String(finished.dropLast(2))).last == .finished(.endTurn))
        #expect(decode(Self.text("Hi") + Self.done).last == .finished(.endTurn))
        #expect(decode(Self.text("Hi") + "data: [DONE]").last == .finished(.endTurn))
        #expect(decode(Self.text("Hi")).failure == .truncated(provider: "openai"))
        #expect(decode(Self.text("Hi") + #"data: {"choices":[{"del"#).failure == .truncated(provider: "openai"))
        #expect(decode("").failure == .truncated(provider: "openai"))
    }

    @Test(
        "the end is what the finish reason says",
        arguments: [
            ("stop", .endTurn), ("eos", .endTurn), ("tool_calls", .endTurn), ("new_reason", .endTurn),
            ("length", .maximumTokens), ("content_filter", .refusal),
        ] as [(String, LanguageModelEvent.StopReason)]
    )
    func finishReasons(reason: String, expected: LanguageModelEvent.StopReason) {
        #expect(decode(Self.text("Hi") + Self.chunk("{}", finish: reason)).last == .finished(expected))
    }

    @Test("calls that were collected count, whatever the finish reason", arguments: ["stop", "eos", "function_call"])
    func callsWithOtherReasons(reason: String) {
        let call = Self.calls(#"{"index":0,"id":"a","function":{"name":"t","arguments":"{}"}}"#)
        #expect(decode(call + Self.chunk("{}", finish: reason)).last == .finished(.toolUse))
    }

    @Test(
        "tool calls are put together however the server cuts them",
        arguments: [
            // Several whole calls in one chunk, without indices.
            (
                #"{"id":"a","function":{"name":"one","arguments":"{\"n\":1}"}},{"id":"b","function":{"name":"two","arguments":"{}"}}"#,
                ["a", "b"], [["n": 1], [:]]
            ),
            // The same index for another call.
            (
                #"{"index":0,"id":"a","function":{"name":"one","arguments":"{\"n\":1}"}},{"index":0,"id":"b","function":{"name":"two","arguments":"{\"n\":2}"}}"#,
                ["a", "b"], [["n": 1], ["n": 2]]
            ),
            // The id and the name each time.
            (
                #"{"index":0,"id":"a","function":{"name":"one","arguments":"{\"n\""}},{"index":0,"id":"a","function":{"name":"one","arguments":":1}"}}"#,
                ["a"], [["n": 1]]
            ),
            // Arguments as an object, no id.
            (#"{"index":0,"function":{"name":"one","arguments":{"n":1}}}"#, [""], [["n": 1]]),
            // Neither index nor id: each name begins a call.
            (
                #"{"function":{"name":"one","arguments":"{\"n\":"}},{"function":{"arguments":"1}"}},{"function":{"name":"two"}}"#,
                ["", ""], [["n": 1], [:]]
            ),
            // Interleaved.
            (
                #"{"index":1,"id":"b","function":{"name":"two","arguments":"{\"n\""}},{"index":0,"id":"a","function":{"name":"one"}},{"index":1,"function":{"arguments":":2}"}}"#,
                ["b", "a"], [["n": 2], [:]]
            ),
            // A call without a name is none; null members are nothing.
            (#"{"index":0,"id":null,"function":{"name":null,"arguments":null}},{"index":1}"#, [], []),
        ] as [(String, [String], [JSONValue])]
    )
    func toolCalls(entries: String, ids: [String], inputs: [JSONValue]) {
        let whole = decode(Self.calls(entries) + Self.chunk("{}", finish: "tool_calls"))
        #expect(whole.calls.map(\.id) == ids)
        #expect(whole.calls.map(\.input.json) == inputs)
    }

    @Test("a call cut by the length limit is dropped, invalid input otherwise is marked")
    func invalidInput() {
        let call = Self.calls(#"{"index":0,"id":"a","function":{"name":"t","arguments":"{\"n"}}"#)
        #expect(decode(call + Self.chunk("{}", finish: "length")).words == [.finished(.maximumTokens)])
        #expect(decode(call + Self.chunk("{}", finish: "tool_calls")).calls.map(\.input) == [.invalid("{\"n")])
    }

    @Test(
        "odd deltas are taken as they are",
        arguments: [
            #"{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]}"#,
            #"{"content":"Hello","refusal":null}"#,
            #"{"content":"Hello","obfuscation":"xyz","token_id":7,"tool_calls":null}"#,
        ]
    )
    func oddDeltas(delta: String) {
        #expect(decode(Self.chunk("null") + Self.chunk(delta) + Self.done).text == "Hello")
    }

    @Test("what the model thinks is work, not words")
    func reasoning() {
        let body =
            Self.chunk(#"{"reasoning":"hm"}"#) + Self.chunk(#"{"reasoning_content":"hm"}"#)
            + Self.text("<thi") + Self.text("nk>hm</think>\\n\\nHello") + Self.done
        #expect(decode(body) == [.progress, .progress, .progress, .text("Hello"), .finished(.endTurn)])
    }

    @Test("a refusal ends as one")
    func refusal() {
        let body = Self.chunk(#"{"refusal":"I cannot"}"#) + Self.chunk("{}", finish: "stop")
        #expect(decode(body).last == .finished(.refusal))
    }

    @Test(
        "an error line ends the stream",
        arguments: [
            (#"{"error":{"message":"m","type":"server_error","code":null}}"#, .unavailable),
            (#"{"error":"out of memory"}"#, .unavailable), (#"{"error":{"code":502}}"#, .unavailable),
            (#"{"error":{"code":429}}"#, .overloaded), (#"{"error":{"code":"rate_limit_exceeded"}}"#, .overloaded),
            (#"{"error":{"code":"insufficient_quota"}}"#, .rejected),
            (#"{"choices":[],"x_groq":{"error":"cut short"}}"#, .unavailable),
            (#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#, .unavailable), ("[1]", .protocolViolation),
            ("nonsense", .protocolViolation),
        ] as [(String, WorkerFailure.Kind)]
    )
    func errorLine(data: String, kind: WorkerFailure.Kind) {
        let events = decode(Self.text("Hi") + "data: \(data)\n\n" + Self.done)
        #expect(events.failure?.failure.kind == kind)
        #expect(events.count == 2)
    }

    @Test("chunks without choices and null errors say nothing")
    func emptyChunks() {
        let body = #"data: {"choices":[],"error":null}"# + "\n\n" + #"data: {}"# + "\n\n" + Self.text("Hi") + Self.done
        #expect(decode(body) == [.text("Hi"), .finished(.endTurn)])
    }

    @Test("more tool calls than are followed are a violation")
    func manyCalls() {
        let calls = (0...64).map { Self.calls(#"{"index":\#($0),"id":"i\#($0)","function":{"name":"t"}}"#) }
        #expect(decode(calls.dropLast().joined() + Self.done).calls.count == 64)
        #expect(decode(calls.joined() + Self.done).failure?.failure.kind == .protocolViolation)
    }

    @Test("streams with random damage never trap", arguments: 0..<64)
    func randomDamage(seed: Int) {
        #expect(!decodeReply(damaging: Self.wholeReply, seed: seed, OpenAIStreamDecoder()).isEmpty)
    }
}
