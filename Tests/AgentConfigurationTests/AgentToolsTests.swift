import AgentConfiguration
import JSONText
import Testing

@Suite("Faults of an agent's tools")
struct AgentToolsTests {
    private func faults(_ tools: String) throws -> [String] {
        let lines = tools.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
        return try ConfigurationFolder.faults(ofAgent: "tools:\n" + lines.joined(separator: "\n") + "\n")
    }

    private func tool(_ rest: String) throws -> [String] {
        try faults("http:\n- name: t\n  description: d\n  url: https://example.com/t\n  " + rest)
    }

    @Test("built-in tools are known and there once")
    func builtin() throws {
        #expect(
            try faults("builtin: [end_call, end_cal, end_call]") == [
                "agents/front.yaml:3: tools.builtin[1]: is end_cal; allowed: end_call, transfer_call, current_time; did you mean \"end_call\"?",
                "agents/front.yaml:3: tools.builtin[2]: is \"end_call\" again",
            ]
        )
    }

    @Test("a transfer needs a destination")
    func transferMissing() throws {
        let fault = "agents/front.yaml:2: tools.transfer: is missing; transfer_call needs transfer.destination"
        #expect(try faults("builtin: [transfer_call]") == [fault])
        #expect(try faults("transfer: {}") == ["agents/front.yaml:3: tools.transfer.destination: is missing"])
    }

    @Test(
        "destinations are E.164 or SIP",
        arguments: [
            ("\"+441632960009\"", true), ("+441632960009", true), ("sip:desk@example.com", true), ("SIPS:a@b", true),
            ("\"441632960009\"", false), ("+44 1632 960009", false), ("sip:example.com", false),
            ("tel:+441632960009", false),
            ("\"sip:a b@c\"", false),
        ]
    )
    func destination(text: String, isValid: Bool) throws {
        #expect(try faults("builtin: [transfer_call]\ntransfer: { destination: \(text) }").isEmpty == isValid)
    }

    @Test(
        "names are what providers take",
        arguments: [
            ("find_slot-2", true), (String(repeating: "x", count: 64), true),
            (String(repeating: "x", count: 65), false),
            ("find slot", false), ("é", false), ("find.slot", false),
        ]
    )
    func names(name: String, isValid: Bool) throws {
        #expect(try faults("http: [{ name: \(name), description: d, url: https://e.com }]").isEmpty == isValid)
    }

    @Test("tools have a name of their own")
    func duplicateNames() throws {
        let text = """
            http:
            - { name: a, description: d, url: https://e.com }
            - { name: a, description: d, url: https://e.com }
            - { name: end_call, description: d, url: https://e.com }
            """
        #expect(
            try faults(text) == [
                "agents/front.yaml:5: tools.http[1].name: is \"a\", as that of the tool in line 4",
                "agents/front.yaml:6: tools.http[2].name: is \"end_call\", the name of a built-in tool",
            ]
        )
    }

    @Test("what a tool needs is there")
    func required() throws {
        #expect(
            try faults("http:\n- method: FETCH") == [
                "agents/front.yaml:4: tools.http[0].name: is missing",
                "agents/front.yaml:4: tools.http[0].description: is missing",
                "agents/front.yaml:4: tools.http[0].url: is missing",
                "agents/front.yaml:4: tools.http[0].method: is FETCH; allowed: GET, POST, PUT, PATCH, DELETE",
            ]
        )
    }

    @Test(
        "addresses are encrypted or on this machine",
        arguments: [
            ("https://example.com/a?b=c", true), ("http://localhost:9000/a", true), ("http://[::1]/a", true),
            ("http://example.com", false), ("ws://localhost", false), ("/slots", false),
            ("https://example.com/${ID}", false),
        ]
    )
    func urls(url: String, isValid: Bool) throws {
        #expect(try faults("http: [{ name: a, description: d, url: \"\(url)\" }]").isEmpty == isValid)
    }

    @Test(
        "placeholders of headers are names of secrets",
        arguments: [
            ("Bearer ${SLOTS_TOKEN}", true), ("${A}${B2}", true), ("$A {B} $", true), ("${}", false),
            ("${slots}", false),
            ("${2A}", false), ("${A B}", false), ("${A", false),
        ]
    )
    func placeholders(value: String, isValid: Bool) throws {
        #expect(try tool("headers: { Authorization: \"\(value)\" }").isEmpty == isValid)
    }

    @Test(
        "headers are checked and their values never shown",
        arguments: [
            ("{ \"a b\": secret }", "is not a header's name"), ("{ Host: secret }", "is set by Dialtone itself"),
            ("{ idempotency-key: secret }", "is set by Dialtone itself"),
            ("{ A: secret, a: secret }", "is there again in other letters"),
            ("{ A: \"secret\\nB: c\" }", "has a value with a line break"), ("{ A: [secret] }", "is a list, not text"),
        ]
    )
    func headers(text: String, message: String) throws {
        let faults = try tool("headers: " + text)
        #expect(faults.count == 1)
        #expect(faults[0].contains(message))
        #expect(!faults[0].contains("secret"))
    }

    @Test("schemas become JSON, words and numbers as YAML 1.2 reads them")
    func schema() throws {
        let folder = try ConfigurationFolder(agents: [
            "front.yaml": """
            prompt: p
            tools:
              http:
                - name: t
                  description: d
                  url: https://example.com
                  method: DELETE
                  timeout_ms: 100
                  effect: true
                  input_schema:
                    type: object
                    properties:
                      size: { type: integer, minimum: 1, maximum: 2.5 }
                      answer: { enum: [yes, no, "true", true, null, "5"] }
                    required: [size]
                    additionalProperties: false
            """
        ])
        let tool = try #require(try DialtoneConfiguration.load(path: folder.path).agents.first?.tools.http.first)
        #expect(tool.method == .delete)
        #expect(tool.timeoutMilliseconds == 100)
        #expect(tool.hasEffect)
        #expect(
            tool.inputSchema == [
                "type": "object",
                "properties": [
                    "size": ["type": "integer", "minimum": 1, "maximum": 2.5],
                    "answer": ["enum": ["yes", "no", "true", true, nil, "5"]],
                ],
                "required": ["size"], "additionalProperties": false,
            ]
        )
    }

    @Test(
        "schemas are checked at their root",
        arguments: [
            ("5", "is 5, not a JSON Schema"), ("{ type: string }", "must have \"type: object\""),
            ("{}", "must have \"type: object\""),
            ("{ type: object, properties: [] }", "has \"properties\" that are not a section"),
            ("{ type: object, required: day }", "has a \"required\" that is not a list"),
            (
                "{ type: object, properties: {}, required: [day] }",
                "requires \"day\", which is not among its properties"
            ),
        ]
    )
    func badSchema(text: String, message: String) throws {
        let faults = try tool("input_schema: " + text)
        #expect(faults.count == 1)
        #expect(faults[0].contains("tools.http[0].input_schema: " + message), "\(faults[0])")
    }

    @Test("schemas that aliases blow up are refused")
    func explodingSchema() throws {
        var text = "input_schema:\n    type: object\n    properties:\n      a0: &a0 { type: string }\n"
        for level in 1...30 {
            text +=
                "      a\(level): &a\(level) { type: object, properties: { x: *a\(level - 1), y: *a\(level - 1) } }\n"
        }
        let faults = try tool(text)
        #expect(faults.count == 1)
        #expect(faults[0].contains("makes the schema too large"))
    }
}
