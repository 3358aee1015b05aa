import NIOCore
import Testing

@testable import Simulators

@Suite struct SpeakTextTests {
    @Test func `sentences leave as soon as the next one begins`() {
        var text = SpeakText()
        let sentences = ["Hello there.", " How", " are you? Well! And"].map { text.append($0) }
        #expect(sentences == [[], ["Hello there."], [" How are you?", " Well!"]])
        let rest = [text.flush(), text.flush()]
        #expect(rest == [" And", nil])
    }

    @Test func `nothing is put between pieces`() {
        var text = SpeakText()
        let sentences = ["Your number is 12345.", "Let me see. One"].map { text.append($0) }
        #expect(sentences == [[], ["Your number is 12345.Let me see."]])
    }

    @Test func `a closing quote belongs to its sentence and a number is not cut`() {
        var text = SpeakText()
        let sentences = text.append("She said \"yes.\" Then 3.5 pounds. Fine")
        #expect(sentences == ["She said \"yes.\"", " Then 3.5 pounds."])
    }

    @Test func `text without a letter is not spoken`() {
        var text = SpeakText()
        _ = text.append(" ... ")
        let rest = text.flush()
        #expect(rest == nil)
        #expect(text.pending.isEmpty)
    }

    @Test(arguments: [
        (#"{"type":"Speak","text":"Hi "}"#, SpeakCommand.speak("Hi ")), (#"{"type":"Flush"}"#, .flush),
        (#"{"type":"Clear"}"#, .clear), (#"{"type":"Close"}"#, .close),
    ])
    func `the client's messages are read`(text: String, command: SpeakCommand) {
        #expect(SpeakCommand.parse(text) == command)
    }

    @Test(arguments: [
        #"{"type":"KeepAlive"}"#, #"{"type":"Reset"}"#, #"{"type":"Interrupt"}"#, #"{"type":"Speak"}"#, "Flush", "",
        #"{"type":"Speak","text":7}"#,
    ])
    func `what is no message of the client is refused`(text: String) {
        #expect(SpeakCommand.parse(text) == nil)
    }

    @Test func `a budget is for any sixty seconds`() {
        var budget = RollingBudget(limit: 20)
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        let times = (0..<20).map { start + .seconds($0) } + [59_000, 60_000, 60_500].map { start + .milliseconds($0) }
        let spent = times.map { budget.spend(1, at: $0) }
        #expect(spent == Array(repeating: true, count: 20) + [false, true, false])
    }

    @Test func `pacing takes bursts as long as the rate holds`() {
        var pacing = Pacing()
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        for _ in 0..<100 {
            let surplus = pacing.received(milliseconds: 100, at: now)
            #expect(surplus <= 100)
            now = now + .milliseconds(80)
        }
        var surplus = 0
        for _ in 0..<10 { surplus = pacing.received(milliseconds: 200, at: now) }
        #expect(surplus >= 1900)
    }
}
