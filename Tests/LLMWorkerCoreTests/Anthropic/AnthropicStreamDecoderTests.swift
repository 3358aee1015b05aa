import JSONText
import LLMWorkerCore
import Testing
import WorkerProtocol

@Suite("Anthropic stream decoder")
struct AnthropicStreamDecoderTests {
    static let wholeReply = [
        start, block(0, #"{"type":"text","text":""}"#), ping, text(0, "One moment, "), text(0, "please."), stop(0),
        block(1, #"{"type":"tool_use","id":"toolu_1","name":"find_slot","input":{}}"#),
        json(1, ""), json(1, #"{\"day\": \"Tues"#), json(1, #"day\"}"#), stop(1),
        end("tool_use"), messageStop,
    ].joined()

    static let start = event(
        "message_start",
        #"{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":41,"cache_read_input_tokens":812,"output_tokens":1}}}"#
    )
    static let ping = event("ping", #"{"type":"ping"}"#)
    static let messageStop = event("message_stop", #"{"type":"message_stop"}"#)

    static func event(_ name: String, _ data: String) -> String { "event: \(name)\ndata: \(data)\n\n" }

    static func block(_ index: Int, _ content: String) -> String {
        event("content_block_start", #"{"type":"content_block_start","index":\#(index),"content_block":\#(content)}"#)
    }

    static func delta(_ index: Int, _ delta: String) -> String {
        event("content_block_delta", #"{"type":"content_block_delta","index":\#(index),"delta":\#(delta)}"#)
    }

    static func text(_ index: Int, _ text: String) -> String {
        delta(index, #"{"type":"text_delta","text":"\#(text)"}"#)
    }

    static func json(_ index: Int, _ escaped: String) -> String {
        delta(index, #"{"type":"input_json_delta","partial_json":"\#(escaped)"}"#)
    }

    static func stop(_ index: Int) -> String {
        event("content_block_stop", #"{"type":"content_block_stop","index":\#(index)}"#)
    }

    static func end(_ reason: String) -> String {
        event(
            "message_delta",
            #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)"},"usage":{"output_tokens":58}}"#
        )
    }

    static func tool(_ index: Int, _ id: String, _ name: String = "find_slot") -> String {
        block(index, #"{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":{}}"#)
    }

    private func decode(_ body: String, dripFed: Bool = false) -> [ReplyEvent] {
        decodeReply(body, AnthropicStreamDecoder(), dripFed: dripFed)
    }

    @Test("reads text and a tool call", arguments: [false, true])
    func wholeReply(dripFed: Bool) {
        #expect(
            decode(Self.wholeReply, dripFed: dripFed).words == [
                .text("One moment, "), .text("please."),
                .toolCall(ModelToolCall(id: "toolu_1", name: "find_slot", input: .valid(["day": "Tuesday"]))),
                .finished(.toolUse),
            ]
        )
    }

    @Test("counts are the latest, not a sum")
    func usage() {
        var stream = ReplyStream(AnthropicStreamDecoder(), provider: "test")
        var events: [ReplyEvent] = []
        stream.receive(Array(Self.wholeReply.utf8).span, into: &events)
        #expect(stream.usage.input == 41)
        #expect(stream.usage.cacheRead == 812)
        #expect(stream.usage.output == 58)
    }

    @Test("every one of several parallel calls is kept, in order of index, even if they are interleaved")
    func parallelCalls() {
        let body = [
            Self.start, Self.tool(2, "c", "three"), Self.tool(0, "a", "one"), Self.json(2, #"{\"n\":3}"#),
            Self.tool(1, "b", "two"), Self.json(0, #"{\"n\":"#), Self.json(1, ""), Self.json(0, "1}"), Self.stop(0),
            Self.stop(1), Self.stop(2), Self.end("tool_use"), Self.messageStop,
        ].joined()
        let calls = decode(body).calls
        #expect(calls.map(\.id) == ["a", "b", "c"])
        #expect(calls.map(\.input.json) == [["n": 1], [:], ["n": 3]])
    }

    @Test("invalid tool input is passed on as a marked call")
    func invalidInput() {
        let body = [
            Self.start, Self.tool(0, "a"), Self.json(0, #"{\"day\""#), Self.stop(0), Self.end("tool_use"),
            Self.messageStop,
        ].joined()
        #expect(decode(body).calls.map(\.input) == [.invalid("{\"day\"")])
    }

    @Test(
        "the end is what the stop reason says",
        arguments: [
            ("end_turn", .endTurn), ("stop_sequence", .endTurn), ("pause_turn", .endTurn), ("something_new", .endTurn),
            ("max_tokens", .maximumTokens), ("model_context_window_exceeded", .maximumTokens), ("refusal", .refusal),
        ] as [(String, LanguageModelEvent.StopReason)]
    )
    func stopReasons(reason: String, expected: LanguageModelEvent.StopReason) {
        let body = [Self.start, Self.text(0, "Hi"), Self.end(reason), Self.messageStop].joined()
        #expect(decode(body).last == .finished(expected))
    }

    @Test("a tool call cut by the length limit is dropped, those before it are kept")
    func cutCall() {
        let body = [
            Self.start, Self.tool(0, "a"), Self.json(0, "{}"), Self.stop(0), Self.tool(1, "b"),
            Self.json(1, #"{\"day"#), Self.stop(1), Self.end("max_tokens"), Self.messageStop,
        ].joined()
        #expect(decode(body).words.count == 2)
        #expect(decode(body).calls.map(\.id) == ["a"])
        #expect(decode(body).last == .finished(.toolUse))
        let only = [Self.start, Self.tool(0, "a"), Self.end("max_tokens"), Self.messageStop].joined()
        #expect(decode(only).words == [.finished(.maximumTokens)])
    }

    @Test("a refusal has no tool calls")
    func refusal() {
        let body = [
            Self.start, Self.text(0, "I can"), Self.tool(1, "a"), Self.end("refusal"), Self.messageStop,
        ].joined()
        #expect(decode(body).words == [.text("I can"), .finished(.refusal)])
    }

    @Test("thinking, pings and unknown things are work or nothing, never words")
    func otherBlocks() {
        let body = [
            Self.start, Self.ping, Self.block(0, #"{"type":"thinking","thinking":"","signature":""}"#),
            Self.delta(0, #"{"type":"thinking_delta","thinking":"hm"}"#),
            Self.delta(0, #"{"type":"signature_delta","signature":"xx"}"#), Self.stop(0),
            Self.block(1, #"{"type":"redacted_thinking","data":"x"}"#), Self.event("news", #"{"type":"news"}"#),
            Self.block(2, #"{"type":"from_the_future"}"#), Self.delta(2, #"{"type":"future_delta"}"#),
            Self.block(3, #"{"type":"text","text":"Hello"}"#), Self.text(3, ""), Self.end("end_turn"),
            Self.messageStop,
        ].joined()
        #expect(decode(body).words == [.text("Hello"), .finished(.endTurn)])
        #expect(decode(Self.start + Self.ping).first == .failed(.truncated(provider: "anthropic")))
        #expect(decode(body).first == .progress)
    }

    @Test("a stream that ends early is truncated, wherever it ends, and its calls do not leave")
    func truncated() {
        let whole = Array(Self.wholeReply.utf8)
        for length in stride(from: 0, to: whole.count - 1, by: 7) {
            let events = decode(String(decoding: whole[..<length], as: UTF8.self))
            #expect(events.failure?.failure.kind == .unavailable)
            #expect(events.calls.isEmpty)
        }
    }

    @Test(
        "an error in the stream ends it",
        arguments: [
            ("overloaded_error", .overloaded, false), ("rate_limit_error", .overloaded, false),
            ("api_error", .unavailable, true), ("timeout_error", .timedOut, true), ("new_error", .unavailable, true),
            ("invalid_request_error", .rejected, false), ("authentication_error", .rejected, false),
        ] as [(String, WorkerFailure.Kind, Bool)]
    )
    func errorEvent(type: String, kind: WorkerFailure.Kind, isWorthRetry: Bool) {
        let error = #"{"type":"error","error":{"type":"\#(type)","message":"m"},"request_id":"req_1"}"#
        let events = decode(Self.start + Self.text(0, "Hi") + Self.event("error", error) + Self.messageStop)
        #expect(events.count == 2)
        #expect(events.failure?.failure.kind == kind)
        #expect(events.failure?.failure.requestID == "req_1")
        #expect(events.failure?.isWorthQuickRetry == isWorthRetry)
        #expect(events.failure?.failure.detail.contains(type) == true)
    }

    @Test("nothing is said after the end")
    func afterTheEnd() {
        #expect(decode(Self.wholeReply + Self.text(0, "more") + Self.messageStop) == decode(Self.wholeReply))
    }

    @Test(
        "what is not as it must be is a violation",
        arguments: [
            event("content_block_delta", "nonsense"), event("content_block_delta", "[]"),
            event("content_block_delta", #"{"type":"content_block_delta","delta":{}}"#),
            event("content_block_start", #"{"type":"content_block_start","index":0}"#),
            event("content_block_stop", #"{"type":"content_block_stop"}"#),
        ]
    )
    func violations(event: String) {
        #expect(decode(Self.start + event).failure?.failure.kind == .protocolViolation)
    }

    @Test("an endless line is a violation")
    func endlessLine() {
        let body = "data: " + String(repeating: "x", count: ServerSentEventDecoder.defaultMaximumBytes)
        #expect(decode(body).map(\.isViolation) == [true])
    }

    @Test("more tool calls than are followed are a violation")
    func manyCalls() {
        let maximum = AnthropicStreamDecoder.maximumBlocks
        let calls = (0...maximum).map { Self.tool($0, "t\($0)") }
        let end = Self.end("tool_use") + Self.messageStop
        #expect(decode(calls.dropLast().joined() + end).calls.count == maximum)
        #expect(decode(calls.joined() + end).failure?.failure.kind == .protocolViolation)
    }

    @Test("streams with random damage never trap", arguments: 0..<64)
    func randomDamage(seed: Int) {
        #expect(!decodeReply(damaging: Self.wholeReply, seed: seed, AnthropicStreamDecoder()).isEmpty)
    }
}

extension ReplyEvent {
    /// Whether it is a failure because the protocol was broken.
    var isViolation: Bool {
        if case .failed(let failure) = self { failure.failure.kind == .protocolViolation } else { false }
    }
}
