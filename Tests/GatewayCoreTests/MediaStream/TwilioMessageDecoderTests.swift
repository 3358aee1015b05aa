import JSONText
import SeededTesting
import Testing

@testable import GatewayCore

@Suite struct TwilioMessageDecoderTests {
    private static let streamSID = "MZ33333333333333333333333333333333"
    private static let callSID = "CA22222222222222222222222222222222"

    private func decode(_ text: String) throws(TwilioMessageError) -> TwilioMessage {
        var decoder = TwilioMessageDecoder()
        return try decoder.decode(bytes: Array(text.utf8))
    }

    private static func media(
        payload: String,
        timestamp: String = "\"143\"",
        track: String = "\"inbound\"",
        sid: String = streamSID
    ) -> String {
        """
        {"event":"media","sequenceNumber":"2","media":{"track":\(track),"chunk":"1","timestamp":\(timestamp),\
        "payload":"\(payload)"},"streamSid":"\(sid)"}
        """
    }

    @Test func `The documented messages are read`() throws {
        #expect(try decode(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#) == .connected)
        #expect(
            try decode(
                """
                {"event":"dtmf","streamSid":"\(Self.streamSID)","sequenceNumber":"57",\
                "dtmf":{"track":"inbound_track","digit":"5"}}
                """
            ) == .digit("5")
        )
        #expect(
            try decode(
                #"{"event":"mark","sequenceNumber":"80","streamSid":"MZ3","mark":{"name":"g4:m17"}}"#
            ) == .mark(name: "g4:m17")
        )
        #expect(
            try decode(
                """
                {"event":"stop","sequenceNumber":"912","stop":{"accountSid":"AC1","callSid":"\(Self.callSID)"},\
                "streamSid":"MZ3"}
                """
            ) == .stop
        )
    }

    @Test func `Start carries ids, format and parameters`() throws {
        let text = """
            {"event":"start","sequenceNumber":"1","start":{"accountSid":"AC11111111111111111111111111111111",\
            "streamSid":"\(Self.streamSID)","callSid":"\(Self.callSID)","tracks":["inbound"],\
            "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},\
            "customParameters":{"token":"k9f3","lang":"en-GB"}},"streamSid":"\(Self.streamSID)"}
            """
        guard case .start(let start) = try decode(text) else {
            Issue.record("not a start")
            return
        }
        #expect(start.streamSID == Self.streamSID)
        #expect(start.callSID == Self.callSID)
        #expect(start.accountSID == "AC11111111111111111111111111111111")
        #expect(start.parameters == ["token": "k9f3", "lang": "en-GB"])
        #expect(start.isTelephoneAudio)
    }

    @Test(arguments: [
        (#""encoding":"audio/x-mulaw","sampleRate":"8000","channels":"1""#, true),
        (#""encoding":"audio/x-mulaw","sampleRate":16000,"channels":1"#, false),
        (#""encoding":"audio/l16","sampleRate":8000,"channels":1"#, false),
        (#""encoding":"audio/x-mulaw","sampleRate":8000,"channels":2"#, false),
        ("", true),
    ])
    func `The format may be written with strings and must be telephone audio`(format: String, isGood: Bool) throws {
        let text = #"{"event":"start","start":{"streamSid":"MZ1","callSid":"CA1","mediaFormat":{\#(format)}}}"#
        guard case .start(let start) = try decode(text) else {
            Issue.record("not a start")
            return
        }
        #expect(start.isTelephoneAudio == isGood)
        #expect(start.parameters.isEmpty)
    }

    @Test(arguments: ["143", "\"143\""])
    func `A timestamp is a number or a string`(timestamp: String) throws {
        #expect(try decode(Self.media(payload: "/w==", timestamp: timestamp)) == .media(timestamp: 143))
    }

    @Test(arguments: ["null", "\"\"", "\"x\"", "1.5", "true", "\"99999999999999999999\""])
    func `An unreadable timestamp is none`(timestamp: String) throws {
        #expect(try decode(Self.media(payload: "/w==", timestamp: timestamp)) == .media(timestamp: nil))
    }

    @Test(arguments: [1, 2, 3, 159, 160, 161, 320, 4000])
    func `A payload of any length is decoded in place`(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var decoder = TwilioMessageDecoder()
        let message = try decoder.decode(bytes: Array(Self.media(payload: Base64.encode(bytes)).utf8))
        #expect(message == .media(timestamp: 143))
        #expect(decoder.payload == bytes)
    }

    @Test func `Members may come in any order and with escapes`() throws {
        var decoder = TwilioMessageDecoder()
        let text =
            #"{ "streamSid" : "MZ1", "media" : { "payload" : "\/\/\/\/", "timestamp" : 7 } , "event" : "media" }"#
        #expect(try decoder.decode(bytes: Array(text.utf8)) == .media(timestamp: 7))
        #expect(decoder.payload == [0xFF, 0xFF, 0xFF])
    }

    @Test func `Unknown events, members and tracks are ignored`() throws {
        #expect(try decode(#"{"event":"news","streamSid":"MZ1","news":{"a":[1,{"b":null}]}}"#) == .ignored)
        #expect(try decode(#"{"event":"stop","extra":[[[]]],"more":{"event":"media"}}"#) == .stop)
        #expect(try decode(Self.media(payload: "/w==", track: "\"outbound\"")) == .ignored)
        #expect(try decode(#"{"event":"dtmf","dtmf":{"digit":"55"}}"#) == .ignored)
        #expect(try decode(#"{"event":"dtmf","dtmf":{"digit":"x"}}"#) == .ignored)
    }

    @Test func `A foreign stream's messages are ignored once the stream is known`() throws {
        var decoder = TwilioMessageDecoder()
        decoder.expect(streamSID: Self.streamSID)
        let own = Array(Self.media(payload: "/w==").utf8)
        let foreign = Array(Self.media(payload: "/w==", sid: "MZ4").utf8)
        #expect(try decoder.decode(bytes: own) == .media(timestamp: 143))
        #expect(try decoder.decode(bytes: foreign) == .ignored)
    }

    @Test(arguments: [
        ("", TwilioMessageError.malformed),
        ("null", .malformed),
        ("[]", .malformed),
        ("{", .malformed),
        (#"{"event":"stop"}x"#, .malformed),
        (#"{"event":7}"#, .malformed),
        (#"{"event":"media","media":[]}"#, .malformed),
        (#"{}"#, .noEvent),
        (#"{"event":"media"}"#, .badMember("media.payload")),
        (#"{"event":"media","media":{"payload":"/w="}}"#, .badPayload),
        (#"{"event":"media","media":{"payload":"_-__"}}"#, .badPayload),
        (#"{"event":"mark","mark":{}}"#, .badMember("mark.name")),
        (#"{"event":"dtmf"}"#, .badMember("dtmf.digit")),
        (#"{"event":"start"}"#, .badMember("start")),
        (#"{"event":"start","start":{"streamSid":"MZ1"}}"#, .badMember("start.callSid")),
        (#"{"event":"start","start":{"callSid":"CA1"}}"#, .badMember("start.streamSid")),
    ])
    func `What cannot be read is a typed error`(text: String, error: TwilioMessageError) {
        #expect(throws: error) { try decode(text) }
    }

    @Test func `A message cut off anywhere is malformed and never traps`() {
        let whole = Array(Self.media(payload: Base64.encode([UInt8](repeating: 0x7E, count: 160))).utf8)
        for length in 0..<whole.count {
            var decoder = TwilioMessageDecoder()
            #expect(throws: TwilioMessageError.malformed) {
                try decoder.decode(bytes: Array(whole.prefix(length)))
            }
        }
    }

    @Test func `Random damage never traps`() {
        var generator = SeededGenerator(seed: 20)
        let whole = Array(Self.media(payload: Base64.encode([UInt8](repeating: 0x7E, count: 40))).utf8)
        var decoder = TwilioMessageDecoder()
        for _ in 0..<4000 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<damaged.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: damaged[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: damaged.remove(at: index)
                default: damaged.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: index)
                }
            }
            _ = try? decoder.decode(bytes: damaged)
        }
        for _ in 0..<2000 {
            let length = Int.random(in: 0...64, using: &generator)
            _ = try? decoder.decode(bytes: (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }
}

extension TwilioMessageDecoder {
    fileprivate mutating func decode(bytes: [UInt8]) throws(TwilioMessageError) -> TwilioMessage {
        try decode(bytes.span)
    }
}
