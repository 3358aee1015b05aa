import JSONText
import LLMWorkerCore
import Testing

@Suite("Tool input")
struct ToolInputTests {
    @Test("nothing at all is an empty object", arguments: ["", " \n"])
    func empty(text: String) {
        #expect(ToolInput(parsing: text) == .valid(JSONObject()))
    }

    @Test("an object is passed on")
    func object() {
        #expect(ToolInput(parsing: #"{"day":"Tue"}"#).json == ["day": "Tue"])
    }

    @Test(
        "what is not an object is marked, and the mark is recognised",
        arguments: ["{\"day\":", "[1]", "\"x\"", "nope"]
    )
    func invalid(text: String) {
        let input = ToolInput(parsing: text)
        #expect(input == .invalid(text))
        #expect(input.json == ["invalid_json": .string(text)])
        #expect(ToolInput.isMarkedInvalid(input.json))
    }

    @Test("valid inputs are not taken for marked ones", arguments: [[:], ["a": 1], ["invalid_json": 1]] as [JSONValue])
    func unmarked(input: JSONValue) {
        #expect(!ToolInput.isMarkedInvalid(input))
    }

    @Test("an input at the limit is passed on, one byte more is not")
    func limit() {
        func text(_ bytes: Int) -> String { "{\"a\":\"" + String(repeating: "x", count: bytes - 8) + "\"}" }
        #expect(ToolInput(parsing: text(ToolInput.maximumBytes)).isValid)
        #expect(!ToolInput(parsing: text(ToolInput.maximumBytes + 1)).isValid)
    }
}
