import Conversation
import JSONText
import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct LanguageModelHistoryTests {
    @Test func `A short history is one frame and the request`() throws {
        let frames = LanguageModelHistory.frames(
            generation: 4,
            messages: [.user("Hello"), .assistant("Hi")]
        )
        #expect(
            try frames.map(LanguageModelCommand.init(json:)) == [
                .history(
                    generation: 4,
                    messages: [
                        .init(role: .user, content: [.text("Hello")]), .init(role: .assistant, content: [.text("Hi")]),
                    ]
                ),
                .generate(generation: 4),
            ]
        )
    }

    @Test func `A long history is cut between messages, in order`() throws {
        let messages = (0..<40).map { Message.user(String(repeating: "\($0 % 10)", count: 100)) }
        let frames = LanguageModelHistory.frames(generation: 1, messages: messages, maximumBytes: 1000)
        #expect(frames.count > 4)
        #expect(frames.allSatisfy { $0.serialized().utf8.count <= 1000 })
        var all: [LanguageModelMessage] = []
        for frame in frames.dropLast() {
            guard case .history(_, let part) = try LanguageModelCommand(json: frame) else {
                Issue.record("not a history")
                return
            }
            all += part
        }
        #expect(all == messages.map(LanguageModelMessage.init))
    }

    @Test func `Tool calls keep their input and results their error`() {
        let message = Message(
            role: .assistant,
            content: [.toolUse(id: "t1", name: "find", inputJSON: #"{"day":"Monday"}"#)]
        )
        #expect(
            LanguageModelMessage(message).content == [.toolUse(id: "t1", name: "find", input: ["day": "Monday"])]
        )
        let result = Message(role: .user, content: [.toolResult(id: "t1", content: "no", isError: true)])
        #expect(LanguageModelMessage(result).content == [.toolResult(id: "t1", content: "no", isError: true)])
    }

    @Test(arguments: ["", "x", "[]", "null"])
    func `An input that is no object counts as an empty one`(text: String) {
        #expect(JSONValue(toolInput: text) == .object(JSONObject()))
    }
}
