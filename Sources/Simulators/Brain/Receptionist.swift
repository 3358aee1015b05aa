import JSONText

/// A small receptionist for Oak Dental, enough for a sensible telephone call.
///
/// Tells the opening hours, looks for appointments with the tool `find_slot` when a day is named, says goodbye with
/// `end_call`, hands over with `transfer_call`, tells the time with `current_time`, and speaks what its tools answer. A
/// tool that is not offered is not called.
enum Receptionist {
    private static let days = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "tomorrow",
    ]

    static func reply(to request: BrainRequest) -> BrainReply {
        if let result = request.toolResults.last { return self.reply(to: result, request) }
        let said = Said(request.userText)
        if said.isEmpty || request.userText.contains("[call connected]") {
            return BrainReply("Hello, this is Oak Dental. How can I help you?")
        }
        return self.closing(said, request) ?? self.handover(said, request) ?? self.appointment(said, request)
            ?? self.facts(said, request) ?? self.smallTalk(said)
    }

    private static func closing(_ said: Said, _ request: BrainRequest) -> BrainReply? {
        guard said.hasAny("goodbye", "bye") || said.text.contains("that is all") || said.text.contains("that's all")
        else { return nil }
        return BrainReply(
            "Thank you for calling Oak Dental. Goodbye.",
            toolCalls: self.call("end_call", request, hints: ["reason": "The caller said goodbye."])
        )
    }

    private static func handover(_ said: Said, _ request: BrainRequest) -> BrainReply? {
        guard said.hasAny("human", "person", "operator", "someone", "somebody", "manager", "transfer") else {
            return nil
        }
        guard request.tool("transfer_call") != nil else {
            return BrainReply("I am sorry, nobody can take your call just now. Can I take a message?")
        }
        return BrainReply(
            "Of course. I will put you through now.",
            toolCalls: self.call("transfer_call", request, hints: ["reason": .string(request.userText)])
        )
    }

    private static func appointment(_ said: Said, _ request: BrainRequest) -> BrainReply? {
        if let day = self.days.first(where: { said.has($0) }) {
            let spoken = self.capitalised(day)
            guard request.tool("find_slot") != nil else {
                return BrainReply("On \(spoken) we have ten o'clock and half past two. Which one suits you?")
            }
            return BrainReply(
                "One moment, please. I will look at \(spoken).",
                toolCalls: self.call("find_slot", request, hints: ["day": .string(spoken)])
            )
        }
        let offered = request.turns.contains { $0.toolCalls.contains { $0.name == "find_slot" } }
        if offered, said.hasAny("yes", "fine", "first", "second", "o'clock", "thirty", "ten", "nine", "two", "suits") {
            return BrainReply("Very good, I have written that down for you. Is there anything else?")
        }
        guard said.hasAny("appointment", "book", "booking", "visit", "checkup", "tooth", "toothache") else {
            return nil
        }
        return BrainReply("I can find you an appointment. Which day would you like?")
    }

    private static func facts(_ said: Said, _ request: BrainRequest) -> BrainReply? {
        if said.hasAny("open", "hours", "close", "closed", "opening") {
            return BrainReply("We are open from Monday to Friday, from half past eight in the morning until six.")
        }
        if said.hasAny("where", "address", "parking") {
            return BrainReply("We are at number twelve, Oak Street, next to the library.")
        }
        if said.hasAny("cost", "price", "much", "pay") {
            return BrainReply("A check-up costs forty pounds. A cleaning costs sixty.")
        }
        guard said.has("time"), request.tool("current_time") != nil else { return nil }
        return BrainReply("Let me see.", toolCalls: self.call("current_time", request, hints: [:]))
    }

    private static func smallTalk(_ said: Said) -> BrainReply {
        if said.hasAny("thanks", "thank") { return BrainReply("You are welcome. Is there anything else?") }
        if said.hasAny("hello", "hi", "hey") { return BrainReply("Hello. How can I help you?") }
        if said.hasAny("no", "nothing") { return BrainReply("Very well. Call us again when you need us.") }
        return BrainReply("I can help you with appointments and opening hours. What would you like to know?")
    }

    // MARK: - Tools

    private static func reply(to result: ChatToolResult, _ request: BrainRequest) -> BrainReply {
        if result.isError {
            return BrainReply("I am sorry, I cannot look that up just now. Shall I try another day?")
        }
        let answer = try? JSONValue.parse(result.content)
        switch result.call.name {
        case "find_slot":
            let day = answer?["day"]?.stringValue ?? result.call.input["day"]?.stringValue ?? "that day"
            let slots = (answer?["slots"]?.arrayValue ?? []).compactMap(\.stringValue).map(SpokenTime.spoken)
            guard let last = slots.last else { return BrainReply("I am sorry, on \(day) we have nothing free.") }
            let list = slots.count == 1 ? last : slots.dropLast().joined(separator: ", ") + " and " + last
            return BrainReply("On \(day) we have \(list). Which one suits you?")
        case "end_call", "transfer_call":
            return BrainReply("Goodbye.")
        case "current_time":
            return BrainReply("It is now \(answer?["time"]?.stringValue ?? result.content).")
        default:
            return BrainReply("Here is what I found. \(result.content)")
        }
    }

    /// A call of `name` if it is offered, with every required argument filled in.
    private static func call(_ name: String, _ request: BrainRequest, hints: JSONObject) -> [ChatToolCall] {
        guard let tool = request.tool(name) else { return [] }
        var input = JSONObject()
        let properties = tool.schema["properties"]?.objectValue ?? JSONObject()
        let required = (tool.schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        for (property, schema) in properties where hints[property] != nil || required.contains(property) {
            input[property] = hints[property] ?? self.filler(for: schema)
        }
        return [ChatToolCall(name: name, input: .object(input))]
    }

    private static func filler(for schema: JSONValue) -> JSONValue {
        if let first = schema["enum"]?.arrayValue?.first { return first }
        switch schema["type"]?.stringValue {
        case "integer", "number": return 1
        case "boolean": return true
        case "array": return []
        case "object": return [:]
        default: return "not given"
        }
    }

    private static func capitalised(_ word: String) -> String {
        word == "today" || word == "tomorrow" ? word : word.prefix(1).uppercased() + word.dropFirst()
    }
}

/// A caller's sentence as words.
private struct Said {
    let text: String
    private let words: Set<String>

    var isEmpty: Bool { self.words.isEmpty }

    init(_ text: String) {
        self.text = text.lowercased()
        self.words = Set(SpokenWords.split(text).map(SpokenWords.raw))
    }

    func has(_ word: String) -> Bool {
        self.words.contains(word) || self.words.contains(word + "s") || self.words.contains(word + "'s")
    }

    func hasAny(_ words: String...) -> Bool {
        words.contains { self.has($0) }
    }
}
