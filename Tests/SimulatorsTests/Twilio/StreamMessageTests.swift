import JSONText
import Simulators
import Testing

@Suite struct StreamMessageTests {
    static let sid = "MZ33333333333333333333333333333333"

    private func parse(_ text: String) throws(StreamViolation) -> OutboundStreamMessage {
        try StreamMessageValidator.parse(Array(text.utf8), streamSID: Self.sid)
    }

    @Test func `the three messages an application may send are taken`() throws {
        #expect(
            try parse(#"{"event":"media","streamSid":"\#(Self.sid)","media":{"payload":"//8="}}"#)
                == .media([0xFF, 0xFF])
        )
        #expect(
            try parse(#"{"event":"mark","streamSid":"\#(Self.sid)","mark":{"name":"g4:m17"}}"#) == .mark("g4:m17")
        )
        #expect(try parse(#"{"event":"clear","streamSid":"\#(Self.sid)"}"#) == .clear)
    }

    @Test(arguments: [
        "not json", "[]", "{}", #"{"event":"media"}"#,
        #"{"event":"clear","streamSid":"MZother"}"#,
        #"{"event":"clear","streamSid":"MZ33333333333333333333333333333333","extra":1}"#,
        #"{"event":"mark","streamSid":"MZ33333333333333333333333333333333","mark":{}}"#,
        #"{"event":"mark","streamSid":"MZ33333333333333333333333333333333","mark":{"name":""}}"#,
        #"{"event":"media","streamSid":"MZ33333333333333333333333333333333","media":{"payload":"_w"}}"#,
        #"{"event":"media","streamSid":"MZ33333333333333333333333333333333","media":{"payload":""}}"#,
        #"{"event":"media","streamSid":"MZ33333333333333333333333333333333","media":{"payload":"//8=","track":"outbound"}}"#,
        #"{"event":"hello","streamSid":"MZ33333333333333333333333333333333"}"#,
    ])
    func `anything else is a 31951`(text: String) {
        let error = #expect(throws: StreamViolation.self) { try parse(text) }
        #expect(error?.code == 31951)
    }

    @Test func `messages are numbered from one as strings and carry the stream`() throws {
        var writer = StreamMessageWriter(accountSID: "AC1", callSID: "CA1", streamSID: Self.sid)
        let start = try JSONValue.parse(writer.start(parameters: [("token", "k9\"f3")]))
        #expect(start["sequenceNumber"] == "1")
        #expect(start["start"]?["customParameters"]?["token"] == "k9\"f3")
        #expect(start["start"]?["mediaFormat"]?["sampleRate"] == 8000)
        let media = try JSONValue.parse(writer.media([0xFF, 0x7F], at: 143))
        #expect(media["sequenceNumber"] == "2")
        #expect(media["media"]?["chunk"] == "1")
        #expect(media["media"]?["timestamp"] == "143")
        #expect(media["media"]?["payload"] == "/38=")
        let dtmf = try JSONValue.parse(writer.dtmf("5"))
        #expect(dtmf["dtmf"]?["digit"] == "5")
        #expect(dtmf["dtmf"]?["track"] == "inbound_track")
        let stop = try JSONValue.parse(writer.stop())
        #expect(stop["sequenceNumber"] == "4")
        #expect(stop["stop"]?["callSid"] == "CA1")
        #expect(stop["streamSid"] == .string(Self.sid))
    }
}
