package import JSONText

/// A tool call in a conversation with a language model.
package struct ChatToolCall: Sendable, Equatable {
    /// The call's id; empty in what a brain returns, the simulator makes one.
    package var id: String
    /// The tool's name.
    package var name: String
    /// The arguments.
    package var input: JSONValue

    /// Creates a call of `name` with `input`.
    package init(id: String = "", name: String, input: JSONValue = [:]) {
        self.id = id
        self.name = name
        self.input = input
    }
}

/// The answer of a tool in a conversation with a language model.
package struct ChatToolResult: Sendable, Equatable {
    /// The call it answers.
    package var call: ChatToolCall
    /// What the tool said.
    package var content: String
    /// Whether the tool failed.
    package var isError: Bool
}

/// One turn of a conversation, messages of the same role joined.
package struct ChatTurn: Sendable, Equatable {
    /// Whether the caller's side has the turn; else the model's.
    package var isUser: Bool
    /// What is said in it, joined by spaces.
    package var text: String = ""
    /// The tools called in it (model's side).
    package var toolCalls: [ChatToolCall] = []
    /// The tools' answers in it (caller's side).
    package var toolResults: [ChatToolResult] = []

    /// Adds `more` to the text.
    mutating func append(_ more: String) {
        if !self.text.isEmpty, !more.isEmpty { self.text += " " }
        self.text += more
    }
}

/// A tool a model may call.
package struct ChatTool: Sendable, Equatable {
    /// The tool's name.
    package var name: String
    /// The JSON Schema of its arguments.
    package var schema: JSONValue
}

/// What a simulated model is asked.
package struct BrainRequest: Sendable, Equatable {
    /// The system prompt.
    package var system: String
    /// The conversation; the last turn is the caller's.
    package var turns: [ChatTurn]
    /// The tools it may call.
    package var tools: [ChatTool]

    /// What was said in the last turn.
    package var userText: String { self.turns.last?.text ?? "" }
    /// The tools' answers in the last turn.
    package var toolResults: [ChatToolResult] { self.turns.last?.toolResults ?? [] }

    /// The tool called `name`, if it is offered.
    package func tool(_ name: String) -> ChatTool? {
        self.tools.first { $0.name == name }
    }
}

/// What a simulated model answers.
package struct BrainReply: Sendable, Equatable {
    /// Why the answer ends where it ends.
    package enum Ending: Sendable, Equatable {
        /// It is finished, or waits for its tools.
        case normal
        /// The limit of tokens was reached.
        case maximumTokens
        /// The model refuses to answer.
        case refusal
    }

    /// What it says.
    package var text: String
    /// The tools it calls after that.
    package var toolCalls: [ChatToolCall]
    /// Why it ends.
    package var ending: Ending

    /// Creates an answer.
    package init(_ text: String, toolCalls: [ChatToolCall] = [], ending: Ending = .normal) {
        self.text = text
        self.toolCalls = toolCalls
        self.ending = ending
    }
}
