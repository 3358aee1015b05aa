import JSONText

/// Decides what one request to the Messages API is answered, within what the request allows.
enum AnthropicReplies {
    /// The brain's answer, bent by the tool choice, the limit of tokens and the fault.
    static func reply(to request: AnthropicRequest, brain: Brain, fault: ModelFault?) -> BrainReply {
        var reply = brain.reply(request.chat)
        switch fault {
        case .emptyReply?: reply = BrainReply("")
        case .refusal?: reply = BrainReply(String(reply.text.prefix(12)), ending: .refusal)
        case .maximumTokens?: reply.ending = .maximumTokens
        default: break
        }
        self.applyChoice(request, &reply)
        let limit = request.maximumTokens * 4
        if reply.ending == .normal, reply.text.utf8.count > limit {
            reply = BrainReply(reply.text.prefix(bytes: limit), ending: .maximumTokens)
        }
        if reply.ending == .maximumTokens, reply.toolCalls.isEmpty, fault == .maximumTokens {
            reply.text = reply.text.prefix(bytes: reply.text.utf8.count / 2)
        }
        for index in reply.toolCalls.indices where reply.toolCalls[index].id.isEmpty {
            reply.toolCalls[index].id = "toolu_" + ProviderIdentifier.hex(24)
        }
        return reply
    }

    private static func applyChoice(_ request: AnthropicRequest, _ reply: inout BrainReply) {
        switch request.toolChoice {
        case "none": reply.toolCalls = []
        case "tool": reply.toolCalls = [reply.toolCalls.first { $0.name == request.forcedTool } ?? self.forced(request)]
        case "any": if reply.toolCalls.isEmpty { reply.toolCalls = [self.forced(request)] }
        default: reply.toolCalls.removeAll { request.chat.tool($0.name) == nil }
        }
        if !request.allowsParallelTools { reply.toolCalls = Array(reply.toolCalls.prefix(1)) }
    }

    private static func forced(_ request: AnthropicRequest) -> ChatToolCall {
        ChatToolCall(name: request.forcedTool ?? request.chat.tools.first?.name ?? "tool")
    }
}
