import JSONText
package import WorkerProtocol

/// A conversation's history in the form every provider accepts.
///
/// A telephone conversation is cut, interrupted and resumed, so its history is put right here rather than refused:
/// - the first message and the last one are the user's, and the roles alternate;
/// - no text is empty or blank, and the agent's text does not end in white space;
/// - each tool call is answered in the user message right after it, results first, all in one message;
/// - a call without a result gets one that says so, a result without its call is dropped.
///
/// (Anthropic Messages API, working with messages and tool use; OpenAI chat completions accept the same.)
package struct WellFormedHistory: Equatable, Sendable {
    /// Stands for the caller when the agent speaks first.
    package static let opening = "[call connected]"

    /// Asks the agent to go on when it was the last to speak.
    package static let continuation = "[please go on]"

    /// The result of a call that was never answered.
    package static let missingResult = "cancelled: the caller interrupted"

    /// The result of a tool that answered nothing.
    package static let emptyResult = "(no output)"

    /// The longest name of a tool, characters.
    package static let maximumNameCharacters = 64

    /// The messages; never empty.
    package private(set) var messages: [LanguageModelMessage] = []

    /// Puts a history right.
    package init(_ history: [LanguageModelMessage]) {
        var seen: Set<String> = []
        var merged: [LanguageModelMessage] = []
        for message in history {
            let content = Self.legalContent(of: message, seen: &seen)
            guard !content.isEmpty else { continue }
            if let last = merged.indices.last, merged[last].role == message.role {
                merged[last].content += content
            } else {
                merged.append(LanguageModelMessage(role: message.role, content: content))
            }
        }
        var unanswered: [String] = []
        for message in merged {
            switch message.role {
            case .assistant:
                append(.user, Self.answers(to: unanswered, in: []))
                append(.assistant, Self.textFirst(message.content))
                unanswered = message.content.compactMap(\.toolUseID)
            case .user:
                let texts = message.content.filter(\.isText)
                append(.user, Self.answers(to: unanswered, in: message.content) + texts)
                unanswered = []
            }
        }
        append(.user, Self.answers(to: unanswered, in: []))
        if messages.first?.role != .user {
            messages.insert(LanguageModelMessage(role: .user, content: [.text(Self.opening)]), at: 0)
        }
        if messages.last?.role != .user {
            append(.user, [.text(Self.continuation)])
        }
    }

    /// The ids of all tool calls in it.
    package var toolCallIDs: Set<String> {
        Set(messages.flatMap(\.content).compactMap(\.toolUseID))
    }

    /// Adds blocks, to the last message if it has the same role; neighbouring texts become one, on lines of their own.
    private mutating func append(_ role: LanguageModelMessage.Role, _ content: [LanguageModelMessage.Content]) {
        guard !content.isEmpty else { return }
        if messages.last?.role != role {
            messages.append(LanguageModelMessage(role: role, content: []))
        }
        let last = messages.count - 1
        for block in content {
            if case .text(let more) = block, case .text(let text) = messages[last].content.last {
                messages[last].content[messages[last].content.count - 1] = .text(text + "\n" + more)
            } else {
                messages[last].content.append(block)
            }
        }
    }

    private static func legalContent(
        of message: LanguageModelMessage,
        seen: inout Set<String>
    ) -> [LanguageModelMessage.Content] {
        var legal: [LanguageModelMessage.Content] = []
        for block in message.content {
            switch (message.role, block) {
            case (.assistant, .text(let text)):
                var trimmed = text[...]
                while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
                if !trimmed.isEmpty { legal.append(.text(String(trimmed))) }
            case (.user, .text(let text)):
                if text.contains(where: { !$0.isWhitespace }) { legal.append(block) }
            case (.assistant, .toolUse(let id, let name, let input)):
                let id = legalID(id)
                guard seen.insert(id).inserted else { continue }
                let name = String(legalID(name).prefix(maximumNameCharacters))
                legal.append(.toolUse(id: id, name: name, input: input.objectValue == nil ? [:] : input))
            case (.user, .toolResult(let id, let content, let isError)):
                let text = content.contains { !$0.isWhitespace } ? content : emptyResult
                legal.append(.toolResult(id: legalID(id), content: text, isError: isError))
            case (.assistant, .toolResult), (.user, .toolUse):
                continue
            }
        }
        return legal
    }

    /// An id, or a tool's name, with nothing but the ASCII letters, digits, `_` and `-` that every provider allows.
    package static func legalID(_ id: String) -> String {
        let legal = String(
            id.unicodeScalars.map { scalar -> Character in
                let isLegal = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                return isLegal || scalar == "_" || scalar == "-" ? Character(scalar) : "_"
            }
        )
        return legal.isEmpty ? "_" : legal
    }

    private static func answers(
        to calls: [String],
        in content: [LanguageModelMessage.Content]
    ) -> [LanguageModelMessage.Content] {
        calls.map { id in
            content.first { $0.toolResultID == id } ?? .toolResult(id: id, content: missingResult, isError: true)
        }
    }

    private static func textFirst(_ content: [LanguageModelMessage.Content]) -> [LanguageModelMessage.Content] {
        content.filter(\.isText) + content.filter { !$0.isText }
    }
}

extension LanguageModelMessage.Content {
    fileprivate var isText: Bool {
        if case .text = self { true } else { false }
    }

    fileprivate var toolUseID: String? {
        if case .toolUse(let id, _, _) = self { id } else { nil }
    }

    fileprivate var toolResultID: String? {
        if case .toolResult(let id, _, _) = self { id } else { nil }
    }
}
