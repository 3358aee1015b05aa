import Simulators
import Testing

@Suite struct FaultTextTests {
    @Test(arguments: [
        ("529", ModelFault.status(529)), ("429:7", .status(429, retryAfter: 7)), ("hang", .hang), ("cut", .cut),
        ("slow:2000", .slowHeaders(2000)), ("error:3", .errorEvent(afterDeltas: 3)),
        ("eof:0", .endOfFile(afterDeltas: 0)),
        ("drop:2", .cutStream(afterDeltas: 2)), ("stall:1", .stall(afterDeltas: 1)), ("surprises", .surprises),
        ("empty", .emptyReply), ("refusal", .refusal), ("max-tokens", .maximumTokens),
    ])
    func `a model's fault is read`(text: String, fault: ModelFault) {
        #expect(ModelFault(text) == fault)
    }

    @Test(arguments: ["", "200", "stall", "stall:", "stall:-1", "hang:3", "error:1:2", "nothing"])
    func `other texts are no fault of a model`(text: String) {
        #expect(ModelFault(text) == nil)
    }

    @Test func `every fault of Deepgram that is listed is read`() {
        for form in DeepgramSettings.faultForms.split(separator: ", ") {
            var settings = DeepgramSettings()
            let text = form.replacing(":MS", with: ":5").replacing(":BYTES", with: ":5")
            let isFault = settings.setFault(String(text))
            #expect(isFault, "\(form)")
        }
    }

    @Test(arguments: ["", "noise:1", "cut-after", "cut-after:x", "thunder"])
    func `other texts are no fault of Deepgram`(text: String) {
        var settings = DeepgramSettings()
        let isFault = settings.setFault(String(text))
        #expect(!isFault)
    }

    @Test func `a fault of a handshake is read`() {
        #expect(HandshakeFault("429") == .status(429))
        #expect(HandshakeFault("hang") == .hang)
        #expect(HandshakeFault("cut") == .cut)
        #expect(HandshakeFault("200") == nil)
    }
}
