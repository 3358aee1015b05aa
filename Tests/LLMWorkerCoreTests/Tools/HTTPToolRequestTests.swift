import JSONText
import LLMWorkerCore
import NIOHTTP1
import Observability
import Testing
import WorkerProtocol

@Suite("HTTP tool request")
struct HTTPToolRequestTests {
    private static func tool(
        _ method: String = "POST",
        url: String = "https://example.com/slots",
        headers: [String: String] = [:],
        hasEffect: Bool = false
    ) -> HTTPTool {
        HTTPTool(url: url, method: method, headers: headers, timeoutMilliseconds: 1000, hasEffect: hasEffect)
    }

    private func request(
        _ tool: HTTPTool,
        _ input: JSONObject = [:],
        key: String = "call-1"
    ) throws(HTTPToolRequest.Fault) -> HTTPToolRequest {
        try HTTPToolRequest(tool: tool, input: input, idempotencyKey: key) { name in
            ["SLOTS_TOKEN": Secret("s3cret"), "EVIL": Secret("a\r\nb: c")][name]
        }
    }

    @Test("the input is the JSON body", arguments: ["POST", "PUT", "PATCH"])
    func body(method: String) throws {
        let request = try request(Self.tool(method), ["day": "Tue"])
        #expect(request.method.rawValue == method)
        #expect(request.url == "https://example.com/slots")
        #expect(request.body == Array(#"{"day":"Tue"}"#.utf8))
        #expect(request.headers["content-type"] == ["application/json"])
    }

    @Test("the input is the query where there is no body", arguments: ["GET", "DELETE"])
    func query(method: String) throws {
        let input: JSONObject = [
            "day": "Tue & Wed", "n": 3, "ok": true, "none": nil, "list": ["a", "b/c"], "o": ["x": 1], "é": "~-._",
        ]
        let request = try request(Self.tool(method), input)
        #expect(
            request.url
                == "https://example.com/slots?day=Tue%20%26%20Wed&n=3&ok=true&list=a&list=b%2Fc&o=%7B%22x%22%3A1%7D&%C3%A9=~-._"
        )
        #expect(request.body == nil)
        #expect(try self.request(Self.tool(method), [:]).url == "https://example.com/slots")
        #expect(try self.request(Self.tool(method, url: "https://a.b/x/"), [:]).url == "https://a.b/x/")
        #expect(try self.request(Self.tool(method, url: "https://a.b/?k=1"), ["x": 1]).url == "https://a.b/?k=1&x=1")
    }

    @Test("names in headers are filled in")
    func secrets() throws {
        let tool = Self.tool(headers: [
            "Authorization": "Bearer ${SLOTS_TOKEN}", "X-Price": "$5", "accept": "text/plain",
        ])
        let headers = try request(tool).headers
        #expect(headers["authorization"] == ["Bearer s3cret"])
        #expect(headers["x-price"] == ["$5"])
        #expect(headers["accept"] == ["text/plain"])
    }

    @Test(
        "faults name the header and never a value",
        arguments: [
            (["X": "${UNKNOWN}"], "the tool's header X needs ${UNKNOWN}, which is not set"),
            (["X": "${SLOTS_TOKEN"], "the tool's header X has a malformed ${NAME}"),
            (["X": "${}"], "the tool's header X has a malformed ${NAME}"),
            (["X": "${A B}"], "the tool's header X has a malformed ${NAME}"),
            (["X": "${EVIL}"], "the tool's header X has an illegal character"),
            (["Host": "other"], "the tool's header Host cannot be set"),
            (["Content-Length": "1"], "the tool's header Content-Length cannot be set"),
        ]
    )
    func faults(headers: [String: String], detail: String) {
        #expect(throws: HTTPToolRequest.Fault(detail: detail)) { try request(Self.tool(headers: headers)) }
    }

    @Test("only a tool with an effect carries the run's key")
    func idempotencyKey() throws {
        #expect(try request(Self.tool(hasEffect: true)).headers["idempotency-key"] == ["call-1"])
        #expect(try request(Self.tool()).headers["idempotency-key"].isEmpty)
        #expect(throws: HTTPToolRequest.Fault.self) { try request(Self.tool(hasEffect: true), key: "a\nb") }
        #expect(throws: HTTPToolRequest.Fault.self) { try request(Self.tool(hasEffect: true), key: "") }
    }

    @Test("plain http is only for this machine")
    func plainText() throws {
        #expect(try request(Self.tool(url: "http://127.0.0.1:1/x")).url == "http://127.0.0.1:1/x")
        #expect(throws: HTTPToolRequest.Fault.self) { try request(Self.tool(url: "http://example.com")) }
    }

    @Test("the providers' keys are not to be had, other names are")
    func forbiddenNames() {
        let secrets = ToolSecrets(environment: [
            "ANTHROPIC_API_KEY": "k", "DIALTONE_TOOL_X": "v", "TWILIO_AUTH_TOKEN": "t",
        ])
        #expect(secrets.value("ANTHROPIC_API_KEY") == nil)
        #expect(secrets.value("anthropic_api_key") == nil)
        #expect(secrets.value("TWILIO_AUTH_TOKEN") == nil)
        #expect(secrets.value("DIALTONE_TOOL_X")?.reveal() == "v")
        #expect(secrets.value("MISSING") == nil)
    }
}
