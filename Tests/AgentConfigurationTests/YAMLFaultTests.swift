import AgentConfiguration
import Testing

@Suite("Faults of YAML")
struct YAMLFaultTests {
    @Test("keys written more than once are told with both lines, together with other faults")
    func repeatedKeys() throws {
        let faults = try ConfigurationFolder.faults(
            ofHost: """
                listen: 127.0.0.1:1
                limits:
                  calls: 1
                  "calls": 2
                  calls: 3
                  header_bytes: 1
                listen: 127.0.0.1:2
                listen: 127.0.0.1:3

                """
        )
        #expect(faults.count == 5)
        #expect(faults.contains("dialtone.yaml:6: limits.calls: is written more than once, first in line 4"))
        #expect(faults.contains("dialtone.yaml:6: limits.calls: is written more than once, first in line 5"))
        #expect(faults.contains("dialtone.yaml:9: listen: is written more than once, first in line 2"))
        #expect(faults.contains("dialtone.yaml:7: limits.header_bytes: is 1; allowed: 1024 to 65536"))
    }

    @Test("a key repeated within one line is told too")
    func repeatedInline() throws {
        let faults = try ConfigurationFolder.faults(ofHost: "limits: { calls: 1, 'calls': 2 }\n")
        #expect(faults == ["dialtone.yaml:2: limits.calls: is written more than once, first in line 2"])
    }

    @Test(
        "text that is not YAML is told with its line",
        arguments: [
            ("a: [1, 2\n", 2), ("a: b: c\n", 1), ("a: \"b\n", 2), ("a: 1\n b: 2\n", 2), ("\ta: 1\n", 1),
            ("a: *none\n", 1),
            ("a: 1\n---\nb: 2\n", 2),
        ]
    )
    func notYAML(text: String, line: Int) throws {
        let faults = try ConfigurationFolder(host: text).faults
        #expect(faults.count == 1)
        #expect(faults[0].hasPrefix("dialtone.yaml:\(line): is not YAML: "), "\(faults[0])")
    }

    @Test(
        "files that are no mapping are told",
        arguments: [("", "is empty"), ("- a\n", "list of keys"), ("text", "list of keys")]
    )
    func noMapping(text: String, message: String) throws {
        let faults = try ConfigurationFolder(host: text).faults
        #expect(faults.count == 1)
        #expect(faults[0].contains(message))
    }

    @Test("bytes that are not UTF-8, and too many of them, are told")
    func bytes() throws {
        let folder = try ConfigurationFolder()
        try [UInt8](arrayLiteral: 0x61, 0x3A, 0x20, 0xFF).write("dialtone.yaml", in: folder.path)
        #expect(folder.faults == ["dialtone.yaml: is not UTF-8"])
        try [UInt8](repeating: 0x20, count: 1_048_577).write("dialtone.yaml", in: folder.path)
        #expect(folder.faults == ["dialtone.yaml: is larger than 1048576 bytes"])
    }

    @Test("an unknown key far from every other lists the known ones")
    func unknownKey() throws {
        let faults = try ConfigurationFolder.faults(ofHost: "playback: { volume: 11 }\n")
        #expect(
            faults == [
                "dialtone.yaml:2: playback.volume: is not a known key; allowed: lead_milliseconds, message_milliseconds"
            ]
        )
    }

    @Test(
        "misspelt keys are recognised",
        arguments: [
            ("limits: { Calls: 5 }", "calls"), ("limits: { call-minutes: 5 }", "call_minutes"),
            ("limits: { clals: 5 }", "calls"), ("default_agnet: front", "default_agent"), ("lisen: x", "listen"),
        ]
    )
    func misspelt(text: String, meant: String) throws {
        let faults = try ConfigurationFolder.faults(ofHost: text + "\n")
        #expect(faults.count == 1)
        #expect(faults[0].hasSuffix("did you mean \"\(meant)\"?"))
    }

    @Test(
        "values of the wrong type are told",
        arguments: [
            ("limits: { calls: \"5\" }", "limits.calls: is the text \"5\", not a whole number; allowed: 1 to 10000"),
            ("limits: { calls: 5.5 }", "limits.calls: is 5.5, not a whole number; allowed: 1 to 10000"),
            ("limits: { calls: [5] }", "limits.calls: is a list, not a whole number; allowed: 1 to 10000"),
            ("limits: 5", "limits: is 5, not a section of keys"),
            (
                "twilio: { require_stream_signature: yes }",
                "twilio.require_stream_signature: is yes; allowed: true, false"
            ),
            ("listen: [a]", "listen: is a list, not text"),
            ("listen: true", "listen: is true, not text; put it in quotes if that is the text"),
            ("listen: \"\"", "listen: is empty; allowed: 1 to 500 characters"),
            ("? [a, b]\n: c", "has a key that is not text"),
        ]
    )
    func wrongType(text: String, message: String) throws {
        #expect(try ConfigurationFolder.faults(ofHost: text + "\n") == ["dialtone.yaml:2: " + message])
    }

    @Test("a key without a value is as if it were not there")
    func nullValues() throws {
        #expect(
            try ConfigurationFolder.faults(ofHost: "listen:\nlimits:\nproviders: { deepgram: { base_url: } }\n").isEmpty
        )
    }
}
