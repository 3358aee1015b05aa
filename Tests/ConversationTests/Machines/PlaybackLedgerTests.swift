import Testing

@testable import Conversation

@Suite("Playback")
struct PlaybackLedgerTests {
    let one = Generation(1)
    let two = Generation(2)

    /// A ledger with `bytes` received and rendered for generation 1.
    func ledger(_ bytes: Int) -> PlaybackLedger {
        var ledger = PlaybackLedger()
        ledger.began(one)
        _ = ledger.audioReceived(one, bytes: bytes)
        _ = ledger.rendered(one)
        return ledger
    }

    @Test("A mark follows at most every 400 ms and behind the last byte", arguments: [800, 1_000, 160, 3_200, 8_000])
    func marks(message: Int) {
        var ledger = ledger(10_000)
        var sent = 0
        var lastMark = 0
        while sent < 10_000 {
            let bytes = min(message, 10_000 - sent)
            let result = ledger.mediaSent(one, bytes: bytes, at: .zero)
            #expect(result?.isFirst == (sent == 0))
            sent += bytes
            if result?.mark != nil {
                #expect(sent - lastMark <= max(3_200, message))
                lastMark = sent
            }
        }
        #expect(lastMark == 10_000)
        #expect(ledger.segments[0].marks.map(\.serial) == Array(1...UInt32(ledger.segments[0].marks.count)))
    }

    @Test("A mark follows the end of a piece of text")
    func marksTextEnds() {
        var ledger = PlaybackLedger()
        ledger.began(one)
        _ = ledger.audioReceived(one, bytes: 1_000)
        ledger.textEnded(one)
        _ = ledger.audioReceived(one, bytes: 4_000)
        #expect(ledger.mediaSent(one, bytes: 800, at: .zero)?.mark == nil)
        #expect(ledger.mediaSent(one, bytes: 800, at: .zero)?.mark == "g1:m1")
        #expect(ledger.mediaSent(one, bytes: 800, at: .zero)?.mark == nil)
    }

    @Test("Between marks the clock counts, never beyond what was sent nor before the last mark")
    func estimate() {
        var ledger = ledger(16_000)
        _ = ledger.mediaSent(one, bytes: 8_000, at: CallTime(1_000))
        #expect(ledger.heardBytes(one, at: CallTime(1_000)) == 0)
        #expect(ledger.heardBytes(one, at: CallTime(1_100)) == 800)
        #expect(ledger.heardBytes(one, at: CallTime(9_000)) == 8_000)
        // After a pause the clock starts anew from what was heard.
        _ = ledger.mediaSent(one, bytes: 4_000, at: CallTime(9_000))
        #expect(ledger.heardBytes(one, at: CallTime(9_100)) == 8_800)
        _ = ledger.markReturned("g1:m2", at: CallTime(9_100))
        #expect(ledger.heardBytes(one, at: CallTime(9_100)) == 12_000)
        #expect(ledger.heardBytes(one, at: .zero) == 12_000)
    }

    @Test("A mark sets the clock back to what was really heard")
    func markCorrectsClock() {
        var ledger = ledger(16_000)
        for _ in 0..<10 { _ = ledger.mediaSent(one, bytes: 800, at: .zero) }
        #expect(ledger.heardBytes(one, at: CallTime(700)) == 5_600)
        _ = ledger.markReturned("g1:m1", at: CallTime(700))
        #expect(ledger.heardBytes(one, at: CallTime(700)) == 3_200)
        #expect(ledger.heardBytes(one, at: CallTime(800)) == 4_000)
    }

    @Test("The last mark finishes a generation, also those before it whose marks were lost")
    func finished() {
        var ledger = ledger(1_600)
        _ = ledger.mediaSent(one, bytes: 1_600, at: .zero)
        ledger.began(two)
        _ = ledger.audioReceived(two, bytes: 800)
        #expect(ledger.rendered(two).mark == nil)
        #expect(ledger.mediaSent(two, bytes: 800, at: .zero)?.mark == "g2:m2")
        #expect(ledger.isAudible)
        let heard = ledger.markReturned("g2:m2", at: CallTime(400))
        #expect(heard.began == [one, two])
        #expect(heard.finished == [one, two])
        #expect(!ledger.isAudible)
        #expect(ledger.segments.isEmpty)
    }

    @Test("Audio that ended after it was sent gets its mark at once")
    func renderedLate() {
        var ledger = PlaybackLedger()
        ledger.began(one)
        #expect(ledger.audioReceived(one, bytes: 800) == true)
        #expect(ledger.audioReceived(one, bytes: 800) == false)
        #expect(ledger.mediaSent(one, bytes: 1_600, at: .zero)?.mark == nil)
        #expect(ledger.rendered(one).mark == "g1:m1")
        #expect(ledger.markReturned("g1:m1", at: .zero).finished == [one])
    }

    @Test("Audio that was heard before it ended is finished by its end")
    func renderedAfterHeard() {
        var ledger = PlaybackLedger()
        ledger.began(one)
        _ = ledger.audioReceived(one, bytes: 3_200)
        _ = ledger.mediaSent(one, bytes: 3_200, at: .zero)
        #expect(ledger.markReturned("g1:m1", at: CallTime(400)).finished.isEmpty)
        #expect(ledger.rendered(one).heard.finished == [one])
    }

    @Test("Marks of cleared generations count for nothing")
    func clearedMarks() {
        var ledger = ledger(1_600)
        _ = ledger.mediaSent(one, bytes: 1_600, at: .zero)
        ledger.cleared()
        ledger.began(two)
        _ = ledger.audioReceived(two, bytes: 800)
        #expect(ledger.markReturned("g1:m1", at: .zero) == PlaybackLedger.Heard())
        #expect(ledger.heardBytes(two, at: CallTime(5_000)) == 0)
    }

    @Test("Padding of the last frame is borne, more is not counted")
    func padding() {
        var ledger = ledger(1_000)
        #expect(ledger.mediaSent(one, bytes: 1_120, at: .zero)?.mark == "g1:m1")
        #expect(ledger.heardBytes(one, at: CallTime(9_000)) == 1_000)
        #expect(ledger.mediaSent(one, bytes: 41, at: .zero) != nil)
        #expect(ledger.segments[0].sent == 1_160)
        #expect(ledger.mediaSent(one, bytes: 1, at: .zero) == nil)
    }

    @Test("Nonsense is ignored")
    func nonsense() {
        var ledger = ledger(1_000)
        #expect(ledger.audioReceived(one, bytes: 10) == nil)
        #expect(ledger.audioReceived(two, bytes: 10) == nil)
        #expect(ledger.mediaSent(two, bytes: 10, at: .zero) == nil)
        #expect(ledger.mediaSent(one, bytes: -10, at: .zero) == nil)
        #expect(ledger.mediaSent(one, bytes: .max, at: .zero) != nil)
        for name in ["", "g1", "g1:m9", "g1:m", "m1:g1", "g1:m1:x", "g-1:m1", "g99999999999:m1", "responsePart"] {
            #expect(ledger.markReturned(name, at: .zero) == PlaybackLedger.Heard())
        }
        #expect(ledger.heardBytes(one, at: CallTime(.max)) == 1_000)
        #expect(ledger.heardBytes(one, at: CallTime(.min)) == 0)
    }

    @Test("What is left to hear is told in time")
    func remaining() {
        var ledger = ledger(16_000)
        #expect(ledger.remainingOfFront(at: .zero) == 0)
        _ = ledger.mediaSent(one, bytes: 8_000, at: .zero)
        #expect(ledger.remainingOfFront(at: CallTime(250)) == 750)
        #expect(ledger.abandonFront()?.generation == one)
        #expect(ledger.remainingOfFront(at: .zero) == 0)
        #expect(ledger.abandonFront() == nil)
    }
}
