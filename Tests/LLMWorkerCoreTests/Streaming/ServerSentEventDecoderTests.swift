import LLMWorkerCore
import SeededTesting
import Testing

@Suite("Server-sent event decoder")
struct ServerSentEventDecoderTests {
    static let streams: [(String, [ServerSentEvent])] = [
        ("data: a\n\n", [event("a")]),
        ("data: a\r\n\r\n", [event("a")]),
        ("data: a\r\r", [event("a")]),
        ("data: a\r\n\n", [event("a")]),
        ("data:a\n\n", [event("a")]),
        ("data:  a\n\n", [event(" a")]),
        ("data: one\ndata: two\n\n", [event("one\ntwo")]),
        ("data\n\n", [event("")]),
        ("data:\ndata:\n\n", [event("\n")]),
        ("event: ping\ndata: {}\n\n", [event("{}", name: "ping")]),
        ("event: a\nevent: b\ndata: {}\n\n", [event("{}", name: "b")]),
        ("event: lost\n\ndata: x\n\n", [event("x")]),
        (": comment\ndata: x\n:\n\n", [event("x")]),
        ("id: 7\nretry: 10\nwhat: ever\ndata: x\n\n", [event("x")]),
        ("\u{FEFF}data: x\n\n", [event("x")]),
        ("\n\n\ndata: x\n\n\n\n", [event("x")]),
        ("data: a: b\n\n", [event("a: b")]),
        ("data: unfinished\n", []),
        (
            "event: e\r\ndata: 1\r\n\r\nevent: f\rdata: 2\r\rdata: 3\n\n",
            [
                event("1", name: "e"), event("2", name: "f"), event("3"),
            ]
        ),
        ("data: häuser 🦊\n\n", [event("häuser 🦊")]),
    ]

    static func event(_ data: String, name: String = "message") -> ServerSentEvent {
        ServerSentEvent(name: name, data: Array(data.utf8))
    }

    @Test("reads every form the standard allows", arguments: Self.streams)
    func readsWhole(stream: String, expected: [ServerSentEvent]) throws {
        var decoder = ServerSentEventDecoder()
        var events: [ServerSentEvent] = []
        try decoder.decode(Array(stream.utf8).span, into: &events)
        #expect(events == expected)
    }

    @Test("reads the same when the stream comes byte by byte", arguments: Self.streams)
    func readsDripFed(stream: String, expected: [ServerSentEvent]) throws {
        var decoder = ServerSentEventDecoder()
        var events: [ServerSentEvent] = []
        for byte in stream.utf8 {
            try decoder.decode([byte].span, into: &events)
        }
        #expect(events == expected)
    }

    @Test("a byte order mark is only skipped at the beginning")
    func byteOrderMark() throws {
        var decoder = ServerSentEventDecoder()
        var events: [ServerSentEvent] = []
        try decoder.decode(Array("data: 1\n\n\u{FEFF}data: 2\n\n".utf8).span, into: &events)
        #expect(events == [Self.event("1")])
    }

    @Test("the end of the stream can complete the last event")
    func endOfStream() throws {
        var decoder = ServerSentEventDecoder()
        var events: [ServerSentEvent] = []
        try decoder.decode(Array("data: 1\n\nevent: e\ndata: 2".utf8).span, into: &events)
        try decoder.endOfStream(into: &events)
        try decoder.endOfStream(into: &events)
        #expect(events == [Self.event("1"), Self.event("2", name: "e")])
    }

    @Test("a line at the limit is read and one byte more is refused")
    func lineLimit() throws {
        var events: [ServerSentEvent] = []
        var decoder = ServerSentEventDecoder(maximumBytes: 8)
        try decoder.decode(Array("data: ab\n\n".utf8).span, into: &events)
        #expect(events == [Self.event("ab")])
        #expect(throws: ServerSentEventError.tooLong(maximum: 8)) {
            try decoder.decode(Array("data: abc".utf8).span, into: &events)
        }
    }

    @Test("the data of one event is limited too, and earlier events are kept")
    func dataLimit() {
        var events: [ServerSentEvent] = []
        var decoder = ServerSentEventDecoder(maximumBytes: 8)
        #expect(throws: ServerSentEventError.tooLong(maximum: 8)) {
            try decoder.decode(Array("data:x\n\ndata:abc\ndata:abc\ndata:abc\n\n".utf8).span, into: &events)
        }
        #expect(events == [Self.event("x")])
    }

    @Test("random bytes never trap", arguments: 0..<64)
    func randomBytes(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("data:event \r\n\n:{}\u{FEFF}x".utf8) + [0, 0xFF, 0xC3]
        let bytes = (0..<512).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        var decoder = ServerSentEventDecoder(maximumBytes: 24)
        var events: [ServerSentEvent] = []
        try? decoder.decode(bytes.span, into: &events)
        try? decoder.endOfStream(into: &events)
    }
}
