import JSONText

/// Writes one chat completion: as a stream of chunks or as one object.
struct OpenAIScript {
    let request: OpenAIRequest
    let reply: BrainReply
    let settings: OpenAISettings
    let id: String
    let created: Int
    let fault: ModelFault?

    private var steps: [StreamStep] = []
    private var generator: SeededGenerator
    private var deltas = 0
    private var outputTokens = 0
    /// Microseconds to wait before the next step.
    private var wait = 0

    init(
        request: OpenAIRequest,
        reply: BrainReply,
        settings: OpenAISettings,
        id: String,
        created: Int,
        fault: ModelFault?,
        seed: UInt64
    ) {
        self.request = request
        self.reply = reply
        self.settings = settings
        self.id = id
        self.created = created
        self.fault = fault
        self.generator = SeededGenerator(seed: seed)
    }

    private var finishReason: String {
        switch self.reply.ending {
        case .maximumTokens: "length"
        case .refusal: "content_filter"
        case .normal: self.reply.toolCalls.isEmpty ? "stop" : self.settings.profile.toolFinishReason
        }
    }

    private var usage: JSONValue {
        let total = self.request.promptTokens + self.outputTokens
        return [
            "prompt_tokens": .integer(Int64(self.request.promptTokens)),
            "completion_tokens": .integer(Int64(self.outputTokens)), "total_tokens": .integer(Int64(total)),
            "prompt_tokens_details": ["cached_tokens": 0], "completion_tokens_details": ["reasoning_tokens": 0],
        ]
    }

    // MARK: - As a stream

    /// The steps of the stream, the wait of the first counted from the response's head.
    func stream() -> [StreamStep] {
        var writer = self
        writer.writeStream()
        let error = "data: \(OpenAIError.standard(500).body.serialized())\n\n"
        return StreamStep.cut(
            writer.steps,
            by: self.fault,
            error: error,
            wait: self.settings.timing.betweenTokens * 1000
        )
    }

    private mutating func writeStream() {
        let timing = self.settings.timing
        self.wait = max(0, timing.firstToken - timing.headers) * 1000
        if case .surprises? = self.fault { self.append(.send(": PROCESSING\n\n")) }
        self.choice(["role": "assistant", "content": ""])
        if self.settings.profile == .vllm { self.choice(["reasoning": "I should answer briefly."]) }
        for piece in DeltaCutter.cut(self.reply.text, using: &self.generator) {
            self.count(piece)
            self.choice(["content": .string(piece)])
            self.wait = timing.betweenTokens * 1000
            if case .surprises? = self.fault, self.deltas.isMultiple(of: 3) {
                self.choice(["content": .null, "mood": "cheerful"])
                self.choice(nil)
            }
        }
        if self.settings.profile.sendsWholeToolCalls { self.wholeToolCalls() } else { self.toolCallsInPieces() }
        self.choice([:], finish: self.finishReason)
        if self.request.includesUsage { self.chunk(choices: [], usage: self.usage) }
        if self.settings.sendsDone { self.append(.send("data: [DONE]\n\n")) }
        self.append(.finish)
    }

    private mutating func wholeToolCalls() {
        guard !self.reply.toolCalls.isEmpty else { return }
        let calls = self.reply.toolCalls.enumerated().map { index, call -> JSONValue in
            self.call(index, id: call.id, name: call.name, arguments: self.arguments(call))
        }
        for call in self.reply.toolCalls { self.count(self.arguments(call)) }
        self.choice(["role": "assistant", "content": "", "tool_calls": .array(calls)])
    }

    private mutating func toolCallsInPieces() {
        for (index, call) in self.reply.toolCalls.enumerated() {
            self.choice(["tool_calls": [self.call(index, id: call.id, name: call.name, arguments: "")]])
            for piece in DeltaCutter.cut(self.arguments(call), using: &self.generator) {
                self.count(piece)
                let part: JSONValue = ["index": .integer(Int64(index)), "function": ["arguments": .string(piece)]]
                self.choice(["tool_calls": [part]])
                self.wait = self.settings.timing.betweenTokens * 1000
            }
        }
    }

    private func arguments(_ call: ChatToolCall) -> String {
        let whole = call.input.serialized()
        guard self.reply.ending == .maximumTokens, call == self.reply.toolCalls.last else { return whole }
        return String(whole.prefix(whole.count / 2))
    }

    private func call(_ index: Int, id: String, name: String, arguments: String) -> JSONValue {
        [
            "index": .integer(Int64(index)), "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }

    private mutating func count(_ piece: String) {
        self.deltas += 1
        self.outputTokens += DeltaCutter.tokens(in: piece)
    }

    /// A chunk with one choice; a nil delta is written as null, as some gateways do.
    private mutating func choice(_ delta: JSONObject?, finish: String? = nil) {
        self.chunk(
            choices: [
                [
                    "index": 0, "delta": delta.map { .object($0) } ?? .null, "logprobs": .null,
                    "finish_reason": finish.map { .string($0) } ?? .null,
                ]
            ],
            usage: .null
        )
    }

    private mutating func chunk(choices: [JSONValue], usage: JSONValue) {
        var object: JSONObject = [
            "id": .string(self.id), "object": "chat.completion.chunk", "created": .integer(Int64(self.created)),
            "model": .string(self.request.model), "choices": .array(choices),
        ]
        if self.request.includesUsage { object["usage"] = usage }
        self.append(.send("data: " + JSONValue.object(object).serialized() + "\n\n"))
    }

    private mutating func append(_ action: StreamStep.Action) {
        self.steps.append(StreamStep(wait: self.wait, action: action, deltas: self.deltas))
        self.wait = 0
    }

    // MARK: - As one object

    /// The whole completion, as it is answered when no stream is asked for.
    func wholeCompletion() -> JSONValue {
        var writer = self
        writer.outputTokens = DeltaCutter.tokens(in: self.reply.text)
        var message: JSONObject = ["role": "assistant", "content": .string(self.reply.text), "refusal": .null]
        if !self.reply.toolCalls.isEmpty {
            message["tool_calls"] = .array(
                self.reply.toolCalls.map { call in
                    [
                        "id": .string(call.id), "type": "function",
                        "function": ["name": .string(call.name), "arguments": .string(self.arguments(call))],
                    ]
                }
            )
        }
        return [
            "id": .string(self.id), "object": "chat.completion", "created": .integer(Int64(self.created)),
            "model": .string(self.request.model),
            "choices": [["index": 0, "message": .object(message), "finish_reason": .string(self.finishReason)]],
            "usage": writer.usage,
        ]
    }
}
