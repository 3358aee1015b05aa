import JSONText
import LLMWorkerCore
import NIOHTTP1
import Testing

@Suite("Tool outcome")
struct ToolOutcomeTests {
    @Test("an answer at the limit is kept, a longer one is cut and says so")
    func limit() {
        let whole = String(repeating: "x", count: ToolOutcome.maximumBytes)
        #expect(ToolOutcome(whole).content == whole)
        let cut = ToolOutcome(whole + "x").content
        #expect(cut.hasSuffix("x […cut]"))
        #expect(cut.utf8.count == ToolOutcome.maximumBytes)
        #expect(ToolOutcome(String(repeating: "🦊", count: 8000)).content.utf8.count <= ToolOutcome.maximumBytes)
    }

    @Test("control characters become spaces, so that the answer fits a frame")
    func controlCharacters() {
        #expect(ToolOutcome("a\u{0}b\nc\td\u{7F}e\r\nf").content == "a b\nc\td e \nf")
        let worst = ToolOutcome(String(repeating: "\u{1}\"", count: 20_000))
        #expect(JSONValue.string(worst.content).serialized().utf8.count < 40_000)
    }

    private func outcome(_ status: Int, _ body: String, _ type: String? = "application/json") -> ToolOutcome {
        let headers: HTTPHeaders = type.map { ["content-type": $0] } ?? [:]
        return HTTPToolResponse.outcome(status: status, headers: headers, body: Array(body.utf8))
    }

    @Test(
        "JSON and text are passed on",
        arguments: [
            "application/json; charset=utf-8", "application/problem+json", "text/plain", "text/html", "application/xml",
            nil,
        ]
    )
    func text(type: String?) {
        #expect(outcome(200, #"{"a":1}"#, type) == ToolOutcome(#"{"a":1}"#))
    }

    @Test("an empty answer is said to be one")
    func empty() {
        #expect(outcome(204, "", nil) == ToolOutcome("Done; the tool answered nothing (HTTP 204)."))
    }

    @Test("failures are errors with the status and the beginning of the body")
    func failures() {
        #expect(outcome(404, "no such day") == .error("The tool answered HTTP 404: no such day"))
        #expect(outcome(500, "", nil) == .error("The tool answered HTTP 500."))
        #expect(outcome(500, "PNG", "image/png") == .error("The tool answered HTTP 500."))
        #expect(outcome(422, String(repeating: "x", count: 9999)).content.utf8.count < 600)
        #expect(outcome(302, "").isError)
        #expect(outcome(200, "PNG", "image/png").isError)
    }
}
