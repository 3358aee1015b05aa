import JSONText
import Testing

@testable import Simulators

@Suite struct ReceptionistTests {
    private static let tools: [ChatTool] = [
        ChatTool(
            name: "find_slot",
            schema: ["type": "object", "properties": ["day": ["type": "string"]], "required": ["day"]]
        ),
        ChatTool(name: "end_call", schema: ["type": "object", "properties": [:]]),
        ChatTool(
            name: "transfer_call",
            schema: ["type": "object", "properties": ["reason": ["type": "string"]], "required": ["reason"]]
        ),
        ChatTool(name: "current_time", schema: ["type": "object", "properties": [:]]),
    ]

    private func ask(_ text: String, tools: [ChatTool] = ReceptionistTests.tools) -> BrainReply {
        let request = BrainRequest(system: "", turns: [ChatTurn(isUser: true, text: text)], tools: tools)
        return Brain.receptionist.reply(request)
    }

    private func answer(_ call: ChatToolCall, _ content: String, isError: Bool = false) -> String {
        let result = ChatToolResult(call: call, content: content, isError: isError)
        let request = BrainRequest(
            system: "",
            turns: [ChatTurn(isUser: true, toolResults: [result])],
            tools: Self.tools
        )
        return Brain.receptionist.reply(request).text
    }

    @Test func `it tells the opening hours`() {
        let reply = self.ask("What are your opening hours, please?")
        #expect(reply.text.contains("Monday to Friday"))
        #expect(reply.toolCalls.isEmpty)
    }

    @Test(arguments: [("tuesday", "Tuesday"), ("Friday's", "Friday"), ("tomorrow", "tomorrow")])
    func `it looks for a time on the day that is named`(said: String, day: String) {
        let reply = self.ask("Can I come in on \(said)?")
        #expect(reply.toolCalls == [ChatToolCall(name: "find_slot", input: ["day": .string(day)])])
        #expect(!reply.text.isEmpty)
    }

    @Test func `it speaks what its tool answers`() {
        let call = ChatToolCall(name: "find_slot", input: ["day": "Tuesday"])
        #expect(
            self.answer(call, #"{"day":"Tuesday","slots":["9:30","14:00","16:45"]}"#)
                == "On Tuesday we have half past nine, two o'clock and quarter to five. Which one suits you?"
        )
        #expect(self.answer(call, #"{"slots":[]}"#) == "I am sorry, on Tuesday we have nothing free.")
        #expect(self.answer(call, "timed out", isError: true).hasPrefix("I am sorry"))
        #expect(self.answer(ChatToolCall(name: "current_time"), "half past ten") == "It is now half past ten.")
    }

    @Test func `it ends the call when the caller says goodbye`() {
        #expect(self.ask("No thank you, goodbye.").toolCalls.map(\.name) == ["end_call"])
        #expect(self.ask("That's all, thanks.").text.contains("Goodbye"))
    }

    @Test func `it hands over to a human and fills in what the tool requires`() {
        let reply = self.ask("I want to speak to a human")
        #expect(
            reply.toolCalls
                == [ChatToolCall(name: "transfer_call", input: ["reason": "I want to speak to a human"])]
        )
    }

    @Test(arguments: ["Can I come on Monday?", "Goodbye.", "A human please", "What time is it?", "hello", ""])
    func `a tool that is not offered is not called and there is always an answer`(text: String) {
        let reply = self.ask(text, tools: [])
        #expect(reply.toolCalls.isEmpty)
        #expect(!reply.text.isEmpty)
    }

    @Test func `the echo says the caller's words back`() {
        let turns = [ChatTurn(isUser: true, text: "one   two")]
        #expect(Brain.echo.reply(BrainRequest(system: "", turns: turns, tools: [])).text == "You said: one two")
    }

    @Test func `rules come before the brain behind them`() {
        let brain = Brain.rules([BrainRule(contains: "TOOTH", reply: BrainReply("Ouch."))], otherwise: .fixed("Hm."))
        func reply(_ text: String) -> String {
            brain.reply(BrainRequest(system: "", turns: [ChatTurn(isUser: true, text: text)], tools: [])).text
        }
        #expect(reply("My tooth hurts") == "Ouch.")
        #expect(reply("Hello") == "Hm.")
    }
}
