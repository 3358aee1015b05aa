import NIOCore
import TTSWorkerCore
import Testing

@Suite struct SpeakMessageTests {
    private func read(_ text: String) -> SpeakMessage {
        SpeakMessage(ByteBuffer(string: text))
    }

    @Test func theMessagesAreRead() {
        #expect(read(#"{"type":"Metadata","request_id":"r","model_name":"aura-2-thalia-en"}"#) == .metadata)
        #expect(read(#"{"type":"Flushed","sequence_id":0}"#) == .flushed)
        #expect(read(#"{"type":"Flushed"}"#) == .flushed)
        #expect(read(#"{"type":"Cleared","sequence_id":1.5}"#) == .cleared)
        #expect(read(#"{"type":"Interrupted"}"#) == .unknown(type: "Interrupted"))
    }

    @Test func bothShapesOfWarningsAndErrorsAreRead() {
        let warning = SpeakMessage.warning(code: "W1", text: "too many flushes")
        #expect(read(#"{"type":"Warning","code":"W1","description":"too many flushes"}"#) == warning)
        #expect(read(#"{"type":"Warning","warn_code":"W1","warn_msg":"too many flushes"}"#) == warning)
        let error = SpeakMessage.error(code: "E1", text: "no")
        #expect(read(#"{"type":"Error","code":"E1","description":"no"}"#) == error)
        #expect(read(#"{"type":"Error","err_code":"E1","err_msg":"no"}"#) == error)
        #expect(read(#"{"type":"Error","code":7}"#) == .error(code: "", text: ""))
    }

    @Test(arguments: ["", "{", "[]", "null", "{}", #"{"type":[]}"#, "\u{0}"])
    func whatIsNotAMessageIsMalformed(text: String) {
        #expect(read(text) == .malformed)
    }

    @Test func randomBytesNeverTrap() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<40, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = SpeakMessage(ByteBuffer(bytes: bytes))
        }
    }

    @Test func requestsAreJSON() {
        #expect(SpeakRequest.speak("Say \"hi\"\n").text == #"{"type":"Speak","text":"Say \"hi\"\n"}"#)
        #expect(SpeakRequest.flush.text == #"{"type":"Flush"}"#)
        #expect(SpeakRequest.clear.text == #"{"type":"Clear"}"#)
        #expect(SpeakRequest.close.text == #"{"type":"Close"}"#)
    }
}
