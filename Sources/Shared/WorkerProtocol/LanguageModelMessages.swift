package import JSONText

/// What the gateway asks of a language-model session.
///
/// A generation is asked for as `history` frames (as many as the history needs) and one `generate`. Model text comes
/// back as text frames between `begin` and `end`.
package enum LanguageModelCommand: OpeningCommand {
    /// Opens the session.
    case open(call: String, settings: LanguageModelSettings)

    /// Messages to add to the history of the generation being asked for.
    case history(generation: UInt32, messages: [LanguageModelMessage])

    /// The history of this generation is complete: ask the model.
    case generate(generation: UInt32)

    /// Stop this generation: the provider's request is closed for real.
    case cancel(generation: UInt32)

    /// Run a tool of the session's settings once for this key.
    case runTool(id: String, name: String, input: JSONValue, idempotencyKey: String)

    /// End the session.
    case close

    /// The settings, if this is ``open(call:settings:)``.
    package var settings: LanguageModelSettings? {
        if case .open(_, let settings) = self { settings } else { nil }
    }

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "open":
            self = .open(
                call: try reader.string("call"),
                settings: try LanguageModelSettings(json: try reader.value("settings"))
            )
        case "history":
            var messages: [LanguageModelMessage] = []
            for message in try reader.array("messages") {
                messages.append(try LanguageModelMessage(json: message))
            }
            self = .history(generation: try reader.generation(), messages: messages)
        case "generate": self = .generate(generation: try reader.generation())
        case "cancel": self = .cancel(generation: try reader.generation())
        case "run_tool":
            self = .runTool(
                id: try reader.string("id"),
                name: try reader.string("name"),
                input: try reader.value("input"),
                idempotencyKey: try reader.string("idempotency_key")
            )
        case "close": self = .close
        default: throw .unknownType(reader.type)
        }
    }

    package var json: JSONValue {
        switch self {
        case .open(let call, let settings): ["type": "open", "call": .string(call), "settings": settings.json]
        case .history(let generation, let messages):
            [
                "type": "history", "generation": .integer(Int64(generation)),
                "messages": .array(messages.map(\.json)),
            ]
        case .generate(let generation): ["type": "generate", "generation": .integer(Int64(generation))]
        case .cancel(let generation): ["type": "cancel", "generation": .integer(Int64(generation))]
        case .runTool(let id, let name, let input, let key):
            [
                "type": "run_tool", "id": .string(id), "name": .string(name), "input": input,
                "idempotency_key": .string(key),
            ]
        case .close: ["type": "close"]
        }
    }
}

/// What a language-model session tells the gateway.
package enum LanguageModelEvent: ControlMessage {
    /// Something of any session: opened, refused, failed, closed.
    case session(SessionMessage)

    /// The text frames that follow belong to this generation.
    case begin(generation: UInt32)

    /// The model wants a tool run; `input` is an object.
    case toolCall(generation: UInt32, id: String, name: String, input: JSONValue)

    /// The generation is over.
    case end(generation: UInt32, StopReason)

    /// The generation failed; the session goes on.
    case failed(generation: UInt32, WorkerFailure)

    /// What a tool answered; at most 16 KiB of text.
    case toolResult(id: String, content: String, isError: Bool)

    /// Why a generation ended.
    package enum StopReason: String, Sendable, Equatable, CaseIterable {
        /// The model has said what it wanted to say.
        case endTurn = "end_turn"

        /// The model waits for its tools' results.
        case toolUse = "tool_use"

        /// The length limit cut it.
        case maximumTokens = "max_tokens"

        /// The model or provider refused for safety; the partial text is not to be kept.
        case refusal

        /// The gateway cancelled it.
        case cancelled
    }

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "begin": self = .begin(generation: try reader.generation())
        case "tool_call":
            self = .toolCall(
                generation: try reader.generation(),
                id: try reader.string("id"),
                name: try reader.string("name"),
                input: try reader.value("input")
            )
        case "end":
            guard let reason = StopReason(rawValue: try reader.string("stop_reason")) else {
                throw .badMember(type: reader.type, member: "stop_reason")
            }
            self = .end(generation: try reader.generation(), reason)
        case "generation_failed":
            self = .failed(generation: try reader.generation(), WorkerFailure(json: try reader.value("failure")))
        case "tool_result":
            self = .toolResult(
                id: try reader.string("id"),
                content: try reader.string("content"),
                isError: try reader.bool("is_error")
            )
        default: self = .session(try SessionMessage(json: json))
        }
    }

    package var json: JSONValue {
        switch self {
        case .session(let message): message.json
        case .begin(let generation): ["type": "begin", "generation": .integer(Int64(generation))]
        case .toolCall(let generation, let id, let name, let input):
            [
                "type": "tool_call", "generation": .integer(Int64(generation)), "id": .string(id),
                "name": .string(name), "input": input,
            ]
        case .end(let generation, let reason):
            ["type": "end", "generation": .integer(Int64(generation)), "stop_reason": .string(reason.rawValue)]
        case .failed(let generation, let failure):
            ["type": "generation_failed", "generation": .integer(Int64(generation)), "failure": failure.json]
        case .toolResult(let id, let content, let isError):
            ["type": "tool_result", "id": .string(id), "content": .string(content), "is_error": .bool(isError)]
        }
    }
}
