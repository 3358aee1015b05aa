/// What was said and done in a call, as the model is told of it.
///
/// It keeps a log of entries and makes messages of it that obey the rules of message lists whatever the log holds
/// (Anthropic Messages API, messages and tool use): the first is a user's, roles alternate, no text is blank, every
/// tool call is answered in the next message, results before text.
struct History: Sendable, Equatable {
    /// What stands before a greeting, as the first message must be a user's.
    static let connected = "[call connected]"
    /// What stands before the words of a caller who cut the agent off.
    static let spokeOver = "[caller spoke over you]"
    /// What stands behind the agent's words when the model has to go on all the same.
    static let goOn = "[continue]"
    /// The result of a call that was never answered.
    static let unanswered = "Cancelled: the caller spoke on."

    private enum Entry: Sendable, Equatable {
        case user(String, isTurn: Bool)
        case agent(Generation, String)
        case calls([ToolCall])
    }

    private struct Result: Sendable, Equatable {
        let content: String
        let isError: Bool
    }

    private var entries: [Entry] = []
    private var results: [String: Result] = [:]

    /// The caller's turn ended; `spokeOver` tells that it cut off words of the agent that were heard in part.
    mutating func callerSaid(_ text: String, spokeOver: Bool) {
        entries.append(.user(spokeOver ? "\(Self.spokeOver) \(text)" : text, isTurn: true))
    }

    /// The application tells the model something.
    mutating func noticed(_ text: String) {
        entries.append(.user(text, isTurn: false))
    }

    /// The agent began to say something, behind all else or behind what it said as another generation.
    mutating func agentBegan(_ generation: Generation, _ text: String, after earlier: Generation? = nil) {
        let entry = Entry.agent(generation, text)
        if let earlier, let index = index(of: earlier) {
            entries.insert(entry, at: index + 1)
        } else {
            entries.append(entry)
        }
    }

    /// What waits to be said as one generation will be said as another.
    mutating func renumbered(_ generation: Generation, as other: Generation) {
        guard let index = index(of: generation), case .agent(_, let text) = entries[index] else { return }
        entries[index] = .agent(other, text)
    }

    /// The agent says more as this generation.
    mutating func agentWentOn(_ generation: Generation, _ piece: String) {
        guard let index = index(of: generation), case .agent(_, let text) = entries[index] else { return }
        entries[index] = .agent(generation, text + piece)
    }

    /// Only this much of what the agent said as this generation was heard; nothing: it never said it.
    mutating func agentWasCut(_ generation: Generation, to heard: String) {
        guard let index = index(of: generation) else { return }
        entries[index] = .agent(generation, heard)
    }

    /// The model called tools.
    mutating func called(_ calls: [ToolCall]) {
        entries.append(.calls(calls))
    }

    /// A tool call was answered; only the first answer counts.
    mutating func answered(_ id: String, content: String, isError: Bool) {
        guard results[id] == nil else { return }
        results[id] = Result(content: content.isBlank ? "(empty)" : content, isError: isError)
    }

    /// Drops the oldest turns until no more than so many UTF-8 bytes are left, but never the last turn.
    mutating func trim(toBytes limit: Int) {
        var size = entries.reduce(0) { $0 + length($1) }
        while size > limit {
            let later = entries.indices.dropFirst().first { index in
                if case .user(_, isTurn: true) = entries[index] { true } else { false }
            }
            guard let later else { return }
            for entry in entries[..<later] {
                size -= length(entry)
                if case .calls(let calls) = entry { for call in calls { results[call.id] = nil } }
            }
            entries.removeFirst(later)
        }
    }

    /// The log as messages.
    func messages() -> [Message] {
        var messages: [Message] = []
        for entry in entries {
            switch entry {
            case .user(let text, _):
                append(text.trimmed, role: .user, separator: "\n", to: &messages)
            case .agent(_, let text):
                append(text.trimmed, role: .assistant, separator: " ", to: &messages)
            case .calls(let calls):
                append(calls, to: &messages)
            }
        }
        return messages
    }

    /// The log as messages that ask for a reply: the last is a user's.
    func request() -> [Message] {
        var messages = messages()
        if messages.last?.role != .user {
            append(messages.isEmpty ? Self.connected : Self.goOn, role: .user, separator: "\n", to: &messages)
        }
        return messages
    }

    private func append(_ text: String, role: Message.Role, separator: String, to messages: inout [Message]) {
        guard !text.isEmpty else { return }
        if messages.isEmpty, role == .assistant { messages.append(.user(Self.connected)) }
        guard let last = messages.indices.last, messages[last].role == role else {
            messages.append(Message(role: role, content: [.text(text)]))
            return
        }
        if case .text(let before) = messages[last].content.last {
            messages[last].content.removeLast()
            messages[last].content.append(.text(before + separator + text))
        } else {
            messages[last].content.append(.text(text))
        }
    }

    private func append(_ calls: [ToolCall], to messages: inout [Message]) {
        guard !calls.isEmpty else { return }
        if messages.isEmpty { messages.append(.user(Self.connected)) }
        let uses = calls.map { Message.Content.toolUse(id: $0.id, name: $0.name, inputJSON: $0.inputJSON) }
        if let last = messages.indices.last, messages[last].role == .assistant {
            messages[last].content += uses
        } else {
            messages.append(Message(role: .assistant, content: uses))
        }
        let answers = calls.map { call -> Message.Content in
            let result = results[call.id] ?? Result(content: Self.unanswered, isError: true)
            return .toolResult(id: call.id, content: result.content, isError: result.isError)
        }
        messages.append(Message(role: .user, content: answers))
    }

    private func index(of generation: Generation) -> Int? {
        entries.lastIndex { entry in
            if case .agent(generation, _) = entry { true } else { false }
        }
    }

    private func length(_ entry: Entry) -> Int {
        switch entry {
        case .user(let text, _), .agent(_, let text): text.utf8.count
        case .calls(let calls):
            calls.reduce(0) { $0 + $1.inputJSON.utf8.count + (results[$1.id]?.content.utf8.count ?? 0) }
        }
    }
}
