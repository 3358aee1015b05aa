import JSONText

/// Checks a request to the Messages API as strictly as the service does, with its texts where they are known.
struct AnthropicValidator {
    /// The API versions that are accepted.
    static let versions = ["2023-06-01", "2026-10-21"]
    /// The version under which sampling parameters do not exist.
    static let newestVersion = "2026-10-21"
    /// Most messages of a conversation.
    static let maximumMessages = 100_000

    private static let knownFields: Set<String> = [
        "model", "max_tokens", "messages", "stream", "system", "tools", "tool_choice", "stop_sequences", "thinking",
        "output_config", "cache_control", "metadata", "service_tier", "speed", "inference_geo", "diagnostics",
        "container", "user_profile_id", "workspace_id",
    ]
    private static let samplingDefaults: [(name: String, value: JSONValue)] = [
        ("temperature", 1), ("top_p", 1), ("top_k", 0),
    ]

    let version: String
    let body: JSONValue

    /// Checks the whole request.
    func validate() throws(AnthropicError) -> AnthropicRequest {
        guard let fields = self.body.objectValue else { throw .invalid("Input should be a valid dictionary") }
        let model = try self.model(fields)
        try self.checkFields(fields, model)
        let maximumTokens = try self.maximumTokens(fields, model)
        let thinking = try self.thinking(fields, model, maximumTokens)
        let tools = try AnthropicTools.check(fields["tools"])
        let choice = try AnthropicTools.checkChoice(fields["tool_choice"], model: model, tools: tools)
        let system = try self.system(fields["system"])
        guard let messages = fields["messages"] else { throw .invalid("messages: Field required") }
        guard let messages = messages.arrayValue else { throw .invalid("messages: Input should be a valid list") }
        let conversation = AnthropicConversation(messages: messages, model: model, version: self.version)
        let turns = try conversation.check()
        let blocks = try self.cacheBlocks(fields, messages)
        return AnthropicRequest(
            model: model,
            maximumTokens: maximumTokens,
            isStreaming: fields["stream"]?.boolValue ?? false,
            thinking: thinking,
            toolChoice: choice.type,
            forcedTool: choice.name,
            allowsParallelTools: choice.allowsParallel,
            chat: BrainRequest(system: system, turns: turns, tools: tools),
            cacheBlocks: blocks
        )
    }

    private func model(_ fields: JSONObject) throws(AnthropicError) -> AnthropicModel {
        guard let field = fields["model"] else { throw .invalid("model: Field required") }
        guard let id = field.stringValue else { throw .invalid("model: Input should be a valid string") }
        guard let model = AnthropicModel.named(id) else {
            throw AnthropicError(status: 404, type: "not_found_error", message: "model: \(id)")
        }
        return model
    }

    private func checkFields(_ fields: JSONObject, _ model: AnthropicModel) throws(AnthropicError) {
        for (name, value) in Self.samplingDefaults {
            guard let given = fields[name] else { continue }
            if self.version == Self.newestVersion { throw .invalid("\(name): Extra inputs are not permitted") }
            if !model.takesSampling, given.doubleValue != value.doubleValue {
                throw .invalid("\(name): only the default value is supported for this model")
            }
        }
        let sampling = Self.samplingDefaults.map(\.name)
        if let extra = fields.keys.first(where: { !Self.knownFields.contains($0) && !sampling.contains($0) }) {
            throw .invalid("\(extra): Extra inputs are not permitted")
        }
        if let stream = fields["stream"], stream.boolValue == nil {
            throw .invalid("stream: Input should be a valid boolean")
        }
        if let sequences = fields["stop_sequences"] {
            guard let list = sequences.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else {
                throw .invalid("stop_sequences: Input should be a valid list of strings")
            }
            if list.contains(where: { $0.stringValue?.allSatisfy(\.isWhitespace) == true }) {
                throw .invalid("stop_sequences: each stop sequence must contain non-whitespace")
            }
        }
        if let metadata = fields["metadata"] {
            guard let object = metadata.objectValue else {
                throw .invalid("metadata: Input should be a valid dictionary")
            }
            for (name, value) in object {
                guard name == "user_id" else { throw .invalid("metadata.\(name): Extra inputs are not permitted") }
                guard value == .null || value.stringValue.map({ $0.count <= 256 }) == true else {
                    throw .invalid("metadata.user_id: Input should be a valid string of at most 256 characters")
                }
            }
        }
        if let tier = fields["service_tier"], !["auto", "standard_only"].contains(tier.stringValue) {
            throw .invalid("service_tier: Input should be 'auto' or 'standard_only'")
        }
        try self.checkEffort(fields, model)
    }

    private func checkEffort(_ fields: JSONObject, _ model: AnthropicModel) throws(AnthropicError) {
        guard let config = fields["output_config"] else { return }
        guard let object = config.objectValue else {
            throw .invalid("output_config: Input should be a valid dictionary")
        }
        for name in object.keys where name != "effort" && name != "format" {
            throw .invalid("output_config.\(name): Extra inputs are not permitted")
        }
        guard let effort = object["effort"], effort != .null else { return }
        let all = ["low", "medium", "high", "xhigh", "max"]
        guard let level = effort.stringValue, all.contains(level) else {
            throw .invalid("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
        }
        let isDisabled = fields["thinking"]?["type"]?.stringValue == "disabled"
        let allowed = isDisabled ? model.effortsWithoutThinking ?? model.efforts : model.efforts
        guard allowed.contains(level) else {
            let why = isDisabled ? " when thinking is disabled" : ""
            throw .invalid("output_config.effort: '\(level)' is not supported for this model\(why)")
        }
    }

    private func maximumTokens(_ fields: JSONObject, _ model: AnthropicModel) throws(AnthropicError) -> Int {
        guard let field = fields["max_tokens"] else { throw .invalid("max_tokens: Field required") }
        guard let value = field.intValue else { throw .invalid("max_tokens: Input should be a valid integer") }
        guard value >= 0 else { throw .invalid("max_tokens: Input should be greater than or equal to 0") }
        guard value <= model.maximumTokens else {
            throw .invalid(
                "max_tokens: \(value) > \(model.maximumTokens), which is the maximum allowed number of output tokens for "
                    + model.id
            )
        }
        return value
    }

    private func thinking(
        _ fields: JSONObject,
        _ model: AnthropicModel,
        _ maximumTokens: Int
    ) throws(AnthropicError) -> AnthropicModel.Thinking {
        guard let config = fields["thinking"], config != .null else { return model.thinking }
        guard let object = config.objectValue, let name = object["type"]?.stringValue,
            let thinking = AnthropicModel.Thinking(rawValue: name)
        else {
            throw .invalid("thinking: Input tag should be 'adaptive', 'between_tools', 'disabled' or 'enabled'")
        }
        let allowedKeys: Set<String> =
            switch thinking {
            case .adaptive: ["type", "display"]
            case .enabled: ["type", "display", "budget_tokens"]
            case .disabled, .betweenTools: ["type"]
            }
        if let extra = object.keys.first(where: { !allowedKeys.contains($0) }) {
            throw .invalid("thinking.\(name).\(extra): Extra inputs are not permitted")
        }
        guard model.allowedThinking.contains(thinking) else {
            throw .invalid("thinking: type '\(name)' is not supported for this model")
        }
        if thinking == .enabled {
            guard let budget = object["budget_tokens"]?.intValue, budget >= 1024 else {
                throw .invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
            }
            guard budget < maximumTokens else {
                throw .invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")
            }
        }
        return thinking
    }

    private func system(_ field: JSONValue?) throws(AnthropicError) -> String {
        guard let field else { return "" }
        if let text = field.stringValue { return text }
        guard let blocks = field.arrayValue else { throw .invalid("system: Input should be a valid string or list") }
        var texts: [String] = []
        for (index, block) in blocks.enumerated() {
            guard block["type"]?.stringValue == "text", let text = block["text"]?.stringValue else {
                throw .invalid("system.\(index).type: Input should be 'text'")
            }
            guard !text.isEmpty else { throw .invalid("system: text content blocks must be non-empty") }
            texts.append(text)
        }
        return texts.joined(separator: "\n")
    }

    // MARK: - Prompt cache

    /// Lists the blocks in their cached order and checks the markers.
    private func cacheBlocks(
        _ fields: JSONObject,
        _ messages: [JSONValue]
    ) throws(AnthropicError) -> [AnthropicCacheBlock] {
        var raw = fields["tools"]?.arrayValue ?? []
        if let text = fields["system"]?.stringValue { raw.append(.string(text)) }
        raw += fields["system"]?.arrayValue ?? []
        for message in messages {
            let blocks = message["content"]?.arrayValue ?? [message["content"] ?? .null]
            raw += blocks.map { ["role": message["role"] ?? .null, "block": $0] }
        }
        var blocks: [AnthropicCacheBlock] = []
        for value in raw { blocks.append(try self.cacheBlock(value)) }
        if let marker = fields["cache_control"], marker != .null, let last = blocks.popLast() {
            blocks.append(AnthropicCacheBlock(text: last.text, keepSeconds: try self.keepSeconds(marker)))
        }
        let markers = blocks.compactMap(\.keepSeconds)
        guard markers.count <= 4 else {
            throw .invalid("A maximum of 4 blocks with cache_control may be provided. Found \(markers.count).")
        }
        guard markers == markers.sorted(by: >) else {
            throw .invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block")
        }
        return blocks
    }

    private func cacheBlock(_ value: JSONValue) throws(AnthropicError) -> AnthropicCacheBlock {
        guard var object = value.objectValue else {
            return AnthropicCacheBlock(text: value.serialized(), keepSeconds: nil)
        }
        var marker = object["cache_control"]
        object["cache_control"] = nil
        if var inner = object["block"]?.objectValue {
            marker = inner["cache_control"]
            inner["cache_control"] = nil
            object["block"] = .object(inner)
        }
        var keep: Int?
        if let marker, marker != .null { keep = try self.keepSeconds(marker) }
        return AnthropicCacheBlock(text: JSONValue.object(object).serialized(), keepSeconds: keep)
    }

    private func keepSeconds(_ marker: JSONValue) throws(AnthropicError) -> Int {
        guard marker["type"]?.stringValue == "ephemeral" else {
            throw .invalid("cache_control.type: Input should be 'ephemeral'")
        }
        switch marker["ttl"] {
        case nil, .string("5m"): return 300
        case .string("1h"): return 3600
        default: throw .invalid("cache_control.ephemeral.ttl: Input should be '5m' or '1h'")
        }
    }
}
