import Conversation
import JSONText
import WorkerProtocol

/// Turns the conversation's history into the frames a model session is asked with.
enum LanguageModelHistory {
    /// Bytes of messages in one frame at most; leaves room for the frame's own members.
    static let maximumFrameBytes = LinkFrame.maximumBody - 256

    /// The frames of one request: as many histories as needed, then the request itself.
    ///
    /// - Parameters:
    ///   - generation: the request's number.
    ///   - messages: the whole history.
    ///   - maximumBytes: of messages in one frame; a message longer than that gets a frame of its own.
    /// - Returns: the frames in order, the request last.
    static func frames(
        generation: UInt32,
        messages: [Message],
        maximumBytes: Int = maximumFrameBytes
    ) -> [JSONValue] {
        var frames: [JSONValue] = []
        var batch: [LanguageModelMessage] = []
        var bytes = 0
        for message in messages {
            let converted = LanguageModelMessage(message)
            let size = LanguageModelCommand.history(generation: generation, messages: [converted]).json
                .serialized().utf8.count
            if bytes + size > maximumBytes, !batch.isEmpty {
                frames.append(LanguageModelCommand.history(generation: generation, messages: batch).json)
                batch.removeAll()
                bytes = 0
            }
            batch.append(converted)
            bytes += size
        }
        if !batch.isEmpty {
            frames.append(LanguageModelCommand.history(generation: generation, messages: batch).json)
        }
        frames.append(LanguageModelCommand.generate(generation: generation).json)
        return frames
    }
}

extension LanguageModelMessage {
    /// The same message in the link's form.
    init(_ message: Message) {
        self.init(
            role: message.role == .user ? .user : .assistant,
            content: message.content.map { content in
                switch content {
                case .text(let text): .text(text)
                case .toolUse(let id, let name, let inputJSON):
                    .toolUse(id: id, name: name, input: JSONValue(toolInput: inputJSON))
                case .toolResult(let id, let content, let isError):
                    .toolResult(id: id, content: content, isError: isError)
                }
            }
        )
    }
}

extension JSONValue {
    /// A tool's input; what is not a JSON object counts as an empty one.
    init(toolInput text: String) {
        if let parsed = try? JSONValue.parse(text), parsed.objectValue != nil {
            self = parsed
        } else {
            self = .object(JSONObject())
        }
    }
}
