import Logging
import Testing

@testable import Observability

@Suite struct LogRecordTests {
    private func record(
        _ message: String,
        level: Logger.Level = .info,
        _ metadata: Logger.Metadata = [:],
        instance: String = "1",
        showsSensitive: Bool = false
    ) -> LogRecord {
        LogRecord(
            microseconds: 1_795_511_103_120_500,
            level: level,
            message: message,
            fields: LogRecord.fields(of: metadata, showsSensitive: showsSensitive),
            role: "stt",
            instance: instance,
            label: "stt",
            file: "STTWorkerCore/Session.swift",
            function: "open()",
            line: 7
        )
    }

    @Test func `a text line has the time, level, process, sentence and sorted facts`() {
        let line = record("Provider refused the session", level: .warning, ["status": "429", "call.sid": "CA1"])
            .textLine()
        #expect(
            line == "2026-11-24T09:05:03.120Z warning  stt-1  Provider refused the session  call.sid=CA1 status=429\n"
        )
    }

    @Test func `a process without an instance is named by its role`() {
        #expect(record("Ready", instance: "").textLine() == "2026-11-24T09:05:03.120Z info     stt  Ready\n")
    }

    @Test func `values with spaces, quotes or nothing in them are quoted`() {
        let line = record("Said", ["a": "two words", "b": "say \"hi\"", "c": "", "d": "k=v"]).sentence()
        #expect(line == #"Said  a="two words" b="say \"hi\"" c="" d="k=v""#)
    }

    @Test func `control characters cannot forge a line or drive a terminal`() {
        let line = record("one\ntwo", ["peer": "\u{1b}[2J\r\n2026 error"]).textLine()
        #expect(line.filter { $0.isNewline }.count == 1)
        #expect(!line.contains("\u{1b}"))
        #expect(line.contains(#"one\ntwo  peer="\u{1b}[2J\r\n2026 error""#))
    }

    @Test func `a JSON line is one object with fixed keys first`() {
        let line = record("Ready", ["call.sid": "CA1", "level": "high", "text": "a\"b\\\n\u{1}é"]).jsonLine()
        let expected =
            #"{"time":"2026-11-24T09:05:03.120Z","level":"info","role":"stt","instance":"1","message":"Ready","#
            + #""call.sid":"CA1","level_":"high","text":"a\"b\\\n\u0001é"}"# + "\n"
        #expect(line == expected)
    }

    @Test func `journal fields carry the call and the sentence with its facts`() {
        let fields = record("Session refused", level: .error, ["call.sid": "CA1", "message": "no"]).journalFields()
        #expect(fields.contains("MESSAGE=Session refused  call.sid=CA1 message=no"))
        #expect(fields.contains("PRIORITY=3"))
        #expect(fields.contains("SYSLOG_IDENTIFIER=dialtone-stt"))
        #expect(fields.contains("DIALTONE_ROLE=stt"))
        #expect(fields.contains("DIALTONE_INSTANCE=1"))
        #expect(fields.contains("CODE_LINE=7"))
        #expect(fields.contains("CALL_SID=CA1"))
        #expect(fields.contains("FIELD_MESSAGE=no"))
    }

    @Test(arguments: [
        ("call.sid", "CALL_SID"), ("_private", "PRIVATE"), ("9lives", "LIVES"), ("duration_ms", "DURATION_MS"),
        ("a-b c", "A_B_C"),
    ])
    func `metadata keys become journal names`(key: String, name: String) {
        #expect(LogRecord.journalName(key) == name)
    }

    @Test func `a key without a letter gives no journal field`() {
        #expect(LogRecord.journalName("...") == nil)
        #expect(LogRecord.journalName("") == nil)
        #expect((LogRecord.journalName(String(repeating: "k", count: 500)) ?? "").count <= 64)
    }

    @Test(arguments: zip(Logger.Level.allCases, ["7", "7", "6", "5", "4", "3", "2"]))
    func `levels map to syslog priorities`(level: Logger.Level, priority: String) {
        #expect(level.journalPriority == priority)
    }

    @Test func `nested metadata is flattened and arrays are joined`() {
        let fields = LogRecord.fields(
            of: ["turn": ["number": "3", "texts": .array(["a", "b"])], "b": "1"],
            showsSensitive: false
        )
        #expect(fields.map(\.key) == ["b", "turn.number", "turn.texts"])
        #expect(fields.map(\.value) == ["1", "3", "[a, b]"])
    }

    @Test func `long values are cut at a whole character and the number of fields is bounded`() {
        let long = String(repeating: "é", count: LogRecord.maximumValueBytes)
        let exact = String(repeating: "x", count: LogRecord.maximumValueBytes)
        #expect(LogRecord.bounded(exact) == exact)
        #expect(LogRecord.bounded("x" + long).utf8.count <= LogRecord.maximumValueBytes + 3)
        #expect(LogRecord.bounded(exact + "x").hasSuffix("x…"))
        var metadata: Logger.Metadata = [:]
        for index in 0..<100 { metadata["k\(index)"] = "v" }
        #expect(LogRecord.fields(of: metadata, showsSensitive: false).count == LogRecord.maximumFields)
    }

    @Test func `sensitive values are redacted unless they are asked for`() {
        let metadata: Logger.Metadata = [
            "caller": .sensitive("+441632960001"), "nested": ["said": .sensitive("hello")],
            "list": .array([.sensitive("x")]),
        ]
        let hidden = record("Call", metadata)
        for text in [hidden.textLine(), hidden.jsonLine(), hidden.journalFields().joined(separator: "\n")] {
            #expect(!text.contains("+441632960001"))
            #expect(!text.contains("hello"))
            #expect(text.contains("<redacted>"))
        }
        #expect(record("Call", metadata, showsSensitive: true).textLine().contains("caller=+441632960001"))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999_999, "2024-02-29T23:59:59.999Z"), (4_102_444_800_000_000, "2100-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func `times are civil dates in UTC`(microseconds: Int64, text: String) {
        #expect(LogTimestamp.text(microseconds: microseconds) == text)
    }
}
