import NIOCore
import STTWorkerCore
import Testing

@Suite struct ListenMessageTests {
    static let results = """
        {"type":"Results","channel_index":[0,1],"start":12.42,"duration":1.58,"is_final":true,"speech_final":true,\
        "from_finalize":false,"channel":{"alternatives":[{"transcript":" I need a ride. ","confidence":0.987,"words":[\
        {"word":"i","start":12.5,"end":12.6,"confidence":0.99,"punctuated_word":"I"},\
        {"word":"need","start":12.6,"end":12.9,"confidence":0.98}]}]},"metadata":{"request_id":"7f0c"},"new":[{}]}
        """

    private func read(_ text: String) -> ListenMessage {
        ListenMessage(ByteBuffer(string: text))
    }

    @Test func resultsAreReadWhole() {
        #expect(
            read(Self.results)
                == .results(
                    ListenResults(
                        start: 12.42,
                        duration: 1.58,
                        isFinal: true,
                        isSpeechFinal: true,
                        transcript: "I need a ride.",
                        lastWordEnd: 12.9,
                        words: [.init(start: 12.5, text: "I"), .init(start: 12.6, text: "need")]
                    )
                )
        )
    }

    @Test func everythingOptionalMayBeMissing() {
        #expect(read(#"{"type":"Results"}"#) == .results(ListenResults()))
        #expect(read(#"{"type":"Results","channel":{"alternatives":[]}}"#) == .results(ListenResults()))
        #expect(read(#"{"type":"UtteranceEnd"}"#) == .utteranceEnd(lastWordEnd: -1))
        #expect(read(#"{"type":"SpeechStarted"}"#) == .speechStarted(timestamp: 0))
    }

    @Test func theOtherMessagesAreRead() {
        #expect(
            read(#"{"type":"SpeechStarted","channel":[0,1],"timestamp":9.54}"#) == .speechStarted(timestamp: 9.54)
        )
        #expect(
            read(#"{"type":"UtteranceEnd","channel":[0,1],"last_word_end":14.1}"#) == .utteranceEnd(lastWordEnd: 14.1)
        )
        #expect(read(#"{"type":"Metadata","duration":61.2,"channels":1}"#) == .metadata)
        #expect(
            read(#"{"type":"Error","variant":"SchemaError","description":"no","message":"{}"}"#) == .complaint("no")
        )
        #expect(read(#"{"type":"Warning"}"#) == .complaint("Warning"))
        #expect(read(#"{"type":"TurnInfo"}"#) == .unknown(type: "TurnInfo"))
    }

    @Test(arguments: ["", "{", "[]", "null", "42", #""Results""#, "{}", #"{"type":7}"#, "\u{0}", "\u{FEFF}{}"])
    func whatIsNotAMessageIsMalformed(text: String) {
        #expect(read(text) == .malformed)
    }

    @Test func everyTruncationIsMalformedAndNothingTraps() {
        let bytes = Array(Self.results.utf8)
        for length in 0..<bytes.count {
            #expect(ListenMessage(ByteBuffer(bytes: bytes[..<length])) == .malformed)
        }
    }

    @Test func randomDamageNeverTraps() {
        var generator = SystemRandomNumberGenerator()
        let original = Array(Self.results.utf8)
        var machine = TranscriptMachine()
        var clock = StreamClock(startingAt: 0)
        clock.sent(800, from: 0)
        for _ in 0..<5000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<6, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = machine.received(ListenMessage(ByteBuffer(bytes: bytes)), clock: clock)
        }
    }

    @Test(arguments: ["1e308", "-1e308", "0.0000001", "99999999999999999999", "-0", "1e400"])
    func absurdNumbersNeverTrap(number: String) {
        var machine = TranscriptMachine()
        var clock = StreamClock(startingAt: 0)
        clock.sent(800, from: 0)
        let words = #"[{"word":"a","start":\#(number),"end":\#(number)}]"#
        let alternatives = #"[{"transcript":"a","words":\#(words)}]"#
        let texts = [
            #"{"type":"Results","start":\#(number),"duration":\#(number),"is_final":true,"channel_index":[\#(number)]}"#,
            #"{"type":"Results","start":\#(number),"duration":1,"channel":{"alternatives":\#(alternatives)}}"#,
            #"{"type":"UtteranceEnd","last_word_end":\#(number)}"#,
            #"{"type":"SpeechStarted","timestamp":\#(number)}"#,
        ]
        for text in texts { _ = machine.received(read(text), clock: clock) }
        #expect(machine.settledPosition <= 800)
    }
}
