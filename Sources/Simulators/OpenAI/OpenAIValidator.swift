import JSONText

/// Checks a request for a chat completion as strictly as the simulated server does.
struct OpenAIValidator {
    private static let knownFields: Set<String> = [
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "tools", "tool_choice",
        "parallel_tool_calls", "stop", "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed",
        "logit_bias", "n", "logprobs", "top_logprobs", "reasoning_effort", "verbosity", "service_tier",
        "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "response_format",
        "prediction", "metadata", "store", "modalities", "moderation", "user", "audio", "web_search_options",
        "functions", "function_call",
    ]
    /// Fields a reasoning model refuses.
    private static let samplingFields = [
        "temperature", "top_p", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "stop",
    ]
    private static let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

    let settings: OpenAISettings
    let body: JSONValue

    private var profile: OpenAIProfile { self.settings.profile }

    /// Checks the whole request.
    func validate() throws(OpenAIError) -> OpenAIRequest {
        guard let fields = self.body.objectValue else {
            throw .invalid("We could not parse the JSON body of your request.")
        }
        guard let model = fields["model"]?.stringValue, !model.isEmpty else {
            throw .invalid("you must provide a model parameter")
        }
        guard self.settings.models.isEmpty || self.settings.models.contains(model) else {
            let message = "The model `\(model)` does not exist or you do not have access to it."
            throw OpenAIError(status: 404, message: message, code: "model_not_found")
        }
        if self.profile.isStrict, let extra = fields.keys.first(where: { !Self.knownFields.contains($0) }) {
            throw .invalid("Unrecognized request argument supplied: \(extra)")
        }
        let tools = try self.tools(fields["tools"])
        try self.checkReasoning(fields, model: model, hasTools: !tools.isEmpty)
        let choice = try self.toolChoice(fields["tool_choice"], tools)
        let conversation = OpenAIConversation(messages: fields["messages"], profile: self.profile)
        let (system, turns) = try conversation.check()
        let stream = try self.flag(fields, "stream") ?? false
        return OpenAIRequest(
            model: model,
            isStreaming: stream,
            includesUsage: try self.includesUsage(fields["stream_options"], isStreaming: stream),
            maximumTokens: try self.maximumTokens(fields),
            toolChoice: choice,
            allowsParallelTools: try self.flag(fields, "parallel_tool_calls") ?? true,
            chat: BrainRequest(system: system, turns: turns, tools: tools),
            promptTokens: DeltaCutter.tokens(in: self.body.serialized())
        )
    }

    private func flag(_ fields: JSONObject, _ name: String) throws(OpenAIError) -> Bool? {
        guard let value = fields[name] else { return nil }
        if value == .null, !self.profile.isStrict { return nil }
        guard let flag = value.boolValue else {
            throw .invalid("Invalid type for '\(name)': expected a boolean.", param: name, code: "invalid_type")
        }
        return flag
    }

    private func includesUsage(_ options: JSONValue?, isStreaming: Bool) throws(OpenAIError) -> Bool {
        guard let options, options != .null else { return false }
        guard isStreaming else {
            throw .invalid(
                "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                param: "stream_options"
            )
        }
        return options["include_usage"]?.boolValue ?? false
    }

    private func maximumTokens(_ fields: JSONObject) throws(OpenAIError) -> Int? {
        if self.profile.isStrict, fields["max_tokens"] != nil {
            throw .invalid(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                param: "max_tokens",
                code: "unsupported_parameter"
            )
        }
        // The other servers know only the older name and pass over the newer one.
        let name = self.profile.isStrict ? "max_completion_tokens" : "max_tokens"
        guard let field = fields[name], field != .null else { return nil }
        guard let value = field.intValue, value > 0 else {
            throw .invalid(
                "Invalid '\(name)': integer below minimum value.",
                param: name,
                code: "integer_below_min_value"
            )
        }
        return value
    }

    // MARK: - Reasoning

    /// The rules of the GPT-5 and GPT-6 families for tools and sampling.
    private func checkReasoning(_ fields: JSONObject, model: String, hasTools: Bool) throws(OpenAIError) {
        guard self.profile == .openai else { return }
        let effort = fields["reasoning_effort"]?.stringValue
        if let given = fields["reasoning_effort"] {
            guard let effort, Self.efforts.contains(effort) else {
                throw .invalid(
                    "Invalid value: '\(given.serialized())'.",
                    param: "reasoning_effort",
                    code: "invalid_value"
                )
            }
            try self.checkLowestEffort(effort, model: model)
        }
        guard model.hasPrefix("gpt-5") || model.hasPrefix("gpt-6") else { return }
        let rejectsEffort = ["gpt-5.4", "gpt-5.5"].contains { model.hasPrefix($0) }
        let needsNone = model.hasPrefix("gpt-5.6") || model.hasPrefix("gpt-6")
        if hasTools, rejectsEffort ? effort != nil : needsNone && effort != "none" {
            throw .invalid(
                "Function tools with reasoning_effort are not supported for \(model) in /v1/chat/completions. "
                    + "To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
                param: "reasoning_effort"
            )
        }
        guard model.hasPrefix("gpt-6"), effort != "none" else { return }
        if let name = Self.samplingFields.first(where: { fields[$0] != nil }) {
            throw .invalid(
                "Unsupported parameter: '\(name)' is not supported with this model.",
                param: name,
                code: "unsupported_parameter"
            )
        }
    }

    private func checkLowestEffort(_ effort: String, model: String) throws(OpenAIError) {
        let lowest: String? =
            switch model {
            case "gpt-6.1-sol": "low"
            case "gpt-5", "gpt-5-mini", "gpt-5-nano": "minimal"
            default: nil
            }
        guard let lowest, let floor = Self.efforts.firstIndex(of: lowest),
            let given = Self.efforts.firstIndex(of: effort), given < floor
        else { return }
        throw .invalid(
            "Unsupported value: 'reasoning_effort' does not support '\(effort)' with this model.",
            param: "reasoning_effort",
            code: "unsupported_value"
        )
    }

    // MARK: - Tools

    private func tools(_ field: JSONValue?) throws(OpenAIError) -> [ChatTool] {
        guard let field, field != .null else { return [] }
        guard let list = field.arrayValue else {
            throw .invalid("Invalid type for 'tools': expected an array.", param: "tools")
        }
        guard !list.isEmpty || !self.profile.isStrict else {
            throw .invalid("Invalid 'tools': empty array.", param: "tools", code: "empty_array")
        }
        var tools: [ChatTool] = []
        for (index, tool) in list.enumerated() {
            let path = "tools[\(index)]"
            guard tool["type"]?.stringValue == "function" else {
                throw .invalid("Invalid value for '\(path).type'.", param: "\(path).type", code: "invalid_value")
            }
            guard let name = tool["function"]?["name"]?.stringValue else {
                throw .invalid("Missing required parameter: '\(path).function.name'.", param: "\(path).function.name")
            }
            guard AnthropicTools.isIdentifier(name), name.utf8.count <= 64 else {
                throw .invalid(
                    "Invalid '\(path).function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.",
                    param: "\(path).function.name",
                    code: "invalid_value"
                )
            }
            let schema = tool["function"]?["parameters"] ?? ["type": "object", "properties": [:]]
            guard schema["type"]?.stringValue == "object" else {
                throw .invalid(
                    "Invalid schema for function '\(name)': schema must be a JSON Schema of 'type: \"object\"'.",
                    param: "\(path).function.parameters",
                    code: "invalid_function_parameters"
                )
            }
            tools.append(ChatTool(name: name, schema: schema))
        }
        return tools
    }

    private func toolChoice(_ field: JSONValue?, _ tools: [ChatTool]) throws(OpenAIError) -> String {
        if self.profile == .vllm, !self.settings.hasTools, !tools.isEmpty, field != "none" {
            throw .invalid(
                "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"
            )
        }
        guard let field, field != .null else { return "auto" }
        guard !tools.isEmpty else {
            throw .invalid("'tool_choice' is only allowed when 'tools' are specified.", param: "tool_choice")
        }
        if let choice = field.stringValue, ["none", "auto", "required"].contains(choice) { return choice }
        guard let name = field["function"]?["name"]?.stringValue, tools.contains(where: { $0.name == name }) else {
            throw .invalid("Invalid value for 'tool_choice'.", param: "tool_choice", code: "invalid_value")
        }
        return "function:" + name
    }
}
