import JSONText

/// Writes one answer of the Messages API: as a stream of events or as one message (Anthropic, streaming).
struct AnthropicScript {
    /// A thinking model lets this many milliseconds pass before its first words.
    static let thinkingMilliseconds = 600
    /// A text of this many deltas comes before a refusal.
    private static let deltasBeforeRefusal = 3

    let request: AnthropicRequest
    let reply: BrainReply
    let usage: PromptCache.Usage
    let messageID: String
    let timing: StreamTiming
    var fault: ModelFault?

    private var steps: [StreamStep] = []
    private var generator: SeededGenerator
    private var index = 0
    private var deltas = 0
    private var outputTokens = 0
    /// Microseconds to wait before the next step.
    private var wait = 0
    private var hasSpoken = false

    init(
        request: AnthropicRequest,
        reply: BrainReply,
        usage: PromptCache.Usage,
        messageID: String,
        timing: StreamTiming,
        fault: ModelFault?,
        seed: UInt64
    ) {
        self.request = request
        self.reply = reply
        self.usage = usage
        self.messageID = messageID
        self.timing = timing
        self.fault = fault
        self.generator = SeededGenerator(seed: seed)
    }

    /// Why this answer stops.
    private var stopReason: String {
        switch self.reply.ending {
        case .maximumTokens: "max_tokens"
        case .refusal: "refusal"
        case .normal: self.reply.toolCalls.isEmpty ? "end_turn" : "tool_use"
        }
    }

    // MARK: - As a stream

    /// The steps of the stream, the wait of the first counted from the response's head.
    func stream() -> [StreamStep] {
        var writer = self
        writer.writeStream()
        let error = AnthropicError.standard(529).body(requestID: "req_" + self.messageID.suffix(12))
        return StreamStep.cut(
            writer.steps,
            by: self.fault,
            error: Self.event("error", error),
            wait: self.timing.betweenTokens * 1000
        )
    }

    private mutating func writeStream() {
        self.wait = max(0, self.timing.firstToken - self.timing.headers) * 1000
        // The head of the message comes with the first token, as does everything up to it.
        self.send(
            "message_start",
            ["type": "message_start", "message": self.message(content: [], stop: .null, tokens: 1)]
        )
        if self.request.thinking == .adaptive { self.thinkingBlock() }
        if !self.reply.text.isEmpty { self.textBlock() }
        for call in self.reply.toolCalls { self.toolBlock(call) }
        if case .surprises? = self.fault { self.send("weather_report", ["type": "weather_report", "sky": "grey"]) }
        var delta: JSONObject = ["stop_reason": .string(self.stopReason), "stop_sequence": .null]
        if self.reply.ending == .refusal {
            delta["stop_details"] = ["type": "refusal", "category": "general_harms", "explanation": .null]
        }
        let tokens = JSONValue.integer(Int64(max(1, self.outputTokens)))
        self.send(
            "message_delta",
            ["type": "message_delta", "delta": .object(delta), "usage": ["output_tokens": tokens]]
        )
        self.send("message_stop", ["type": "message_stop"])
        self.steps.append(StreamStep(wait: 0, action: .finish, deltas: self.deltas))
    }

    /// Thinking comes first and, with its display left out, empty: only the time passes.
    private mutating func thinkingBlock() {
        self.start(["type": "thinking", "thinking": "", "signature": ""])
        self.wait = Self.thinkingMilliseconds * 1000
        self.delta(["type": "signature_delta", "signature": .string("c2lt" + self.messageID.suffix(8))])
        self.stop()
    }

    private mutating func textBlock() {
        self.start(["type": "text", "text": ""])
        if !self.hasSpoken { self.send("ping", ["type": "ping"]) }
        self.hasSpoken = true
        for piece in DeltaCutter.cut(self.reply.text, using: &self.generator) {
            self.count(piece)
            self.delta(["type": "text_delta", "text": .string(piece)])
            self.wait = self.timing.betweenTokens * 1000
            if case .surprises? = self.fault { self.surprise() }
        }
        self.stop()
    }

    private mutating func toolBlock(_ call: ChatToolCall) {
        self.start([
            "type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": [:],
        ])
        self.delta(["type": "input_json_delta", "partial_json": ""])
        var input = call.input == [:] ? "" : call.input.serialized()
        let isCut = self.reply.ending == .maximumTokens && call == self.reply.toolCalls.last
        if isCut { input = String(input.prefix(input.count / 2)) }
        for piece in DeltaCutter.cut(input, using: &self.generator) {
            self.count(piece)
            self.delta(["type": "input_json_delta", "partial_json": .string(piece)])
            self.wait = self.timing.betweenTokens * 1000
        }
        self.stop()
    }

    /// Something a newer version of the service might send in between.
    private mutating func surprise() {
        guard self.deltas.isMultiple(of: 3) else { return }
        self.send(
            "content_block_delta",
            [
                "type": "content_block_delta", "index": .integer(Int64(self.index)),
                "delta": ["type": "mood_delta", "mood": "cheerful"],
            ]
        )
        self.send("progress", ["type": "progress", "detail": [1, 2, 3]])
        self.append(.send(": a comment\n\n"))
    }

    private mutating func start(_ block: JSONValue) {
        let index = JSONValue.integer(Int64(self.index))
        self.send("content_block_start", ["type": "content_block_start", "index": index, "content_block": block])
    }

    private mutating func delta(_ delta: JSONValue) {
        let index = JSONValue.integer(Int64(self.index))
        if delta["type"] == "text_delta" || delta["partial_json"]?.stringValue?.isEmpty == false { self.deltas += 1 }
        self.send("content_block_delta", ["type": "content_block_delta", "index": index, "delta": delta])
    }

    private mutating func stop() {
        self.send("content_block_stop", ["type": "content_block_stop", "index": .integer(Int64(self.index))])
        self.index += 1
    }

    private mutating func count(_ piece: String) {
        self.outputTokens += DeltaCutter.tokens(in: piece)
    }

    private mutating func send(_ event: String, _ data: JSONValue) {
        self.append(.send(Self.event(event, data)))
    }

    private mutating func append(_ action: StreamStep.Action) {
        self.steps.append(StreamStep(wait: self.wait, action: action, deltas: self.deltas))
        self.wait = 0
    }

    /// One server-sent event.
    static func event(_ name: String, _ data: JSONValue) -> String {
        "event: \(name)\ndata: \(data.serialized())\n\n"
    }

    // MARK: - As one message

    /// The whole message, as it is answered when no stream is asked for.
    func wholeMessage() -> JSONValue {
        if self.request.maximumTokens == 0 { return self.message(content: [], stop: "max_tokens", tokens: 0) }
        var content: [JSONValue] = []
        if !self.reply.text.isEmpty { content.append(["type": "text", "text": .string(self.reply.text)]) }
        for call in self.reply.toolCalls {
            content.append([
                "type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": call.input,
            ])
        }
        let tokens = content.reduce(0) { $0 + DeltaCutter.tokens(in: $1.serialized()) }
        return self.message(content: content, stop: .string(self.stopReason), tokens: tokens)
    }

    private func message(content: [JSONValue], stop: JSONValue, tokens: Int) -> JSONValue {
        [
            "id": .string(self.messageID), "type": "message", "role": "assistant",
            "model": .string(self.request.model.id), "content": .array(content), "stop_reason": stop,
            "stop_sequence": .null,
            "usage": [
                "input_tokens": .integer(Int64(self.usage.fresh)),
                "cache_creation_input_tokens": .integer(Int64(self.usage.written5m + self.usage.written1h)),
                "cache_read_input_tokens": .integer(Int64(self.usage.read)),
                "cache_creation": [
                    "ephemeral_5m_input_tokens": .integer(Int64(self.usage.written5m)),
                    "ephemeral_1h_input_tokens": .integer(Int64(self.usage.written1h)),
                ],
                "output_tokens": .integer(Int64(tokens)), "service_tier": "standard",
            ],
        ]
    }
}
