/// Decides what one request for a chat completion is answered, within what the request allows.
enum OpenAIReplies {
    /// The brain's answer, bent by the tool choice, the limit of tokens and the fault.
    static func reply(to request: OpenAIRequest, brain: Brain, fault: ModelFault?) -> BrainReply {
        var reply = brain.reply(request.chat)
        switch fault {
        case .emptyReply?: reply = BrainReply("")
        case .refusal?: reply = BrainReply(String(reply.text.prefix(12)), ending: .refusal)
        case .maximumTokens?: reply.ending = .maximumTokens
        default: break
        }
        switch request.toolChoice {
        case "none": reply.toolCalls = []
        case "auto": reply.toolCalls.removeAll { request.chat.tool($0.name) == nil }
        case "required":
            if reply.toolCalls.isEmpty {
                reply.toolCalls = request.chat.tools.prefix(1).map { ChatToolCall(name: $0.name) }
            }
        default:
            let name = String(request.toolChoice.dropFirst("function:".count))
            reply.toolCalls = [reply.toolCalls.first { $0.name == name } ?? ChatToolCall(name: name)]
        }
        if !request.allowsParallelTools { reply.toolCalls = Array(reply.toolCalls.prefix(1)) }
        if let limit = request.maximumTokens, reply.ending == .normal, reply.text.utf8.count > limit * 4 {
            reply = BrainReply(reply.text.prefix(bytes: limit * 4), ending: .maximumTokens)
        }
        if fault == .maximumTokens, reply.toolCalls.isEmpty {
            reply.text = reply.text.prefix(bytes: reply.text.utf8.count / 2)
        }
        for index in reply.toolCalls.indices where reply.toolCalls[index].id.isEmpty {
            reply.toolCalls[index].id = "call_" + ProviderIdentifier.hex(24)
        }
        return reply
    }
}

extension String {
    /// The longest beginning of at most `bytes` bytes of UTF-8 that does not cut a character.
    func prefix(bytes: Int) -> String {
        var result = ""
        for character in self {
            guard result.utf8.count + character.utf8.count <= bytes else { break }
            result.append(character)
        }
        return result
    }
}
