/// One message of the history the model is given.
package struct Message: Sendable, Equatable {
    /// Who says it.
    package enum Role: Sendable, Equatable {
        /// The caller, the results of tools, and notices of the application.
        case user
        /// The agent: what the caller heard of it, and its tool calls.
        case assistant
    }

    /// One piece of a message.
    package enum Content: Sendable, Equatable {
        /// Words; never empty and never only white space.
        case text(String)
        /// A tool call of the assistant; `inputJSON` is the text of one JSON object.
        case toolUse(id: String, name: String, inputJSON: String)
        /// The answer to the tool call with this id; the content is never empty.
        case toolResult(id: String, content: String, isError: Bool)
    }

    /// Who says it.
    package var role: Role
    /// The pieces in order; never empty.
    ///
    /// In a user message tool results come before text.
    package var content: [Content]

    /// Makes a message of these pieces.
    package init(role: Role, content: [Content]) {
        self.role = role
        self.content = content
    }

    /// Makes a user message of one text.
    package static func user(_ text: String) -> Message {
        Message(role: .user, content: [.text(text)])
    }

    /// Makes an assistant message of one text.
    package static func assistant(_ text: String) -> Message {
        Message(role: .assistant, content: [.text(text)])
    }
}
