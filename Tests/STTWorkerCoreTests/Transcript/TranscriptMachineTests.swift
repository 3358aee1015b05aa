import STTWorkerCore
import Testing
import WorkerProtocol

@Suite struct TranscriptMachineTests {
    private var machine = TranscriptMachine()
    private var clock: StreamClock

    init() {
        clock = StreamClock(startingAt: 0)
        clock.sent(32_000, from: 0)
    }

    private mutating func interim(_ text: String, to end: Double, wordEnd: Double? = nil) -> [SpeechToTextEvent] {
        receive(.results(ListenResults(duration: end, transcript: text, lastWordEnd: wordEnd ?? end)))
    }

    private mutating func final(
        _ text: String,
        from start: Double = 0,
        to end: Double,
        speechFinal: Bool = false,
        fromFinalize: Bool = false
    ) -> [SpeechToTextEvent] {
        receive(
            .results(
                ListenResults(
                    start: start,
                    duration: end - start,
                    isFinal: true,
                    isSpeechFinal: speechFinal,
                    isFromFinalize: fromFinalize,
                    transcript: text,
                    lastWordEnd: text.isEmpty ? nil : end
                )
            )
        )
    }

    private mutating func receive(_ message: ListenMessage) -> [SpeechToTextEvent] {
        machine.received(message, clock: clock)
    }

    @Test mutating func theProvidersExampleTurnIsOneTurn() {
        #expect(receive(.speechStarted(timestamp: 1.42)) == [.speechStarted])
        #expect(interim("my number", to: 2.2) == [.interim(text: "my number")])
        #expect(interim("my number is five five", to: 3.2) == [.interim(text: "my number is five five")])
        #expect(final("My number is 555", to: 3.5) == [.final(text: "My number is 555")])
        #expect(
            final("1234.", from: 3.5, to: 4, speechFinal: true) == [.final(text: "1234."), .endOfTurn(.speechFinal)]
        )
        #expect(receive(.utteranceEnd(lastWordEnd: 4)) == [])
    }

    @Test mutating func anEmptySpeechFinalEndsATurnThatHasWords() {
        #expect(final("Hello.", to: 1) == [.final(text: "Hello.")])
        #expect(final("", from: 1, to: 1.5, speechFinal: true) == [.endOfTurn(.speechFinal)])
    }

    @Test mutating func anEmptySpeechFinalAloneEndsNothing() {
        #expect(final("", to: 1, speechFinal: true) == [])
        #expect(final("", from: 1, to: 2) == [])
    }

    @Test mutating func aSpeechFinalThatIsNotFinalCountsAsFinal() {
        let results = ListenResults(duration: 1, isSpeechFinal: true, transcript: "Yes.", lastWordEnd: 1)
        #expect(receive(.results(results)) == [.final(text: "Yes."), .endOfTurn(.speechFinal)])
    }

    @Test mutating func theSameSpanSettledEmptyTakesTheInterimBack() {
        #expect(interim("uh", to: 1) == [.interim(text: "uh")])
        #expect(final("", to: 1) == [.interim(text: "")])
        #expect(final("", from: 1, to: 2) == [])
    }

    @Test mutating func anUnchangedInterimIsNotRepeated() {
        #expect(interim("my", to: 1) == [.interim(text: "my")])
        #expect(interim("my", to: 2) == [])
        #expect(interim("", to: 2) == [])
    }

    @Test mutating func utteranceEndIsTheBackstop() {
        _ = final("Hello", to: 1)
        #expect(receive(.utteranceEnd(lastWordEnd: 1)) == [.endOfTurn(.utteranceEnd)])
        #expect(receive(.utteranceEnd(lastWordEnd: 1)) == [])
        #expect(final("", from: 1, to: 3, speechFinal: true) == [])
    }

    @Test mutating func utteranceEndOfMinusOneIsIgnored() {
        _ = final("Hello", to: 1)
        #expect(receive(.utteranceEnd(lastWordEnd: -1)) == [])
    }

    @Test mutating func aStaleUtteranceEndIsIgnored() {
        _ = final("Hello", to: 1)
        _ = interim("and one more thing", to: 3)
        #expect(receive(.utteranceEnd(lastWordEnd: 1)) == [])
        _ = final("and one more thing", from: 1, to: 3)
        #expect(receive(.utteranceEnd(lastWordEnd: 2.97)) == [.endOfTurn(.utteranceEnd)])
    }

    @Test mutating func utteranceEndAsksForTheWordsThatAreNotSettled() {
        _ = final("For Tuesday.", to: 1)
        _ = interim("is ten free", to: 2)
        #expect(receive(.utteranceEnd(lastWordEnd: 2)) == [])
        #expect(machine.wantsFinalize)
        machine.finalizeSent(.utteranceEnd)
        #expect(!machine.wantsFinalize)
        #expect(receive(.utteranceEnd(lastWordEnd: 2)) == [])
        #expect(!machine.wantsFinalize)
        #expect(
            final("Is ten free?", from: 1, to: 2, fromFinalize: true)
                == [.final(text: "Is ten free?"), .endOfTurn(.utteranceEnd)]
        )
    }

    @Test mutating func utteranceEndWithoutWordsEndsNothing() {
        #expect(receive(.utteranceEnd(lastWordEnd: 1)) == [])
        _ = interim("hm", to: 1)
        #expect(receive(.utteranceEnd(lastWordEnd: 1)) == [])
    }

    @Test mutating func theAnswerToAFinalizeEndsTheTurn() {
        _ = final("I want", to: 1)
        machine.finalizeSent()
        #expect(
            final("a ride", from: 1, to: 2, fromFinalize: true) == [.final(text: "a ride"), .endOfTurn(.finalize)]
        )
        #expect(machine.isFinalizing == false)
    }

    @Test mutating func anEmptyAnswerToAFinalizeEndsTheTurnThatHasWords() {
        _ = final("I want", to: 1)
        machine.finalizeSent()
        #expect(final("", from: 1, to: 2, fromFinalize: true) == [.endOfTurn(.finalize)])
    }

    @Test mutating func anAnswerNobodyAskedForEndsNothing() {
        #expect(final("a ride", to: 2, fromFinalize: true) == [.final(text: "a ride")])
    }

    @Test mutating func theLateAnswerAfterASpeechFinalEndsNothing() {
        _ = final("Yes", to: 1)
        machine.finalizeSent()
        #expect(final("", from: 1, to: 1.2, speechFinal: true) == [.endOfTurn(.speechFinal)])
        #expect(machine.isFinalizing == false)
        #expect(final("", from: 1.2, to: 1.3, fromFinalize: true) == [])
    }

    @Test mutating func anUnansweredFinalizeSettlesWhatIsThere() {
        _ = final("I want", to: 1)
        machine.finalizeSent()
        #expect(machine.settle() == [.endOfTurn(.finalize)])
        #expect(machine.settle() == [])
    }

    @Test mutating func anUnansweredFinalizeSettlesTheInterimAndItsLateFinalIsNotSaidTwice() {
        _ = interim("five five five", to: 2)
        machine.finalizeSent()
        #expect(machine.settle() == [.final(text: "five five five"), .endOfTurn(.finalize)])
        #expect(interim("five five five", to: 2) == [])
        #expect(final("555.", to: 2, speechFinal: true) == [])
        #expect(final("Next.", from: 2, to: 3) == [.final(text: "Next.")])
    }

    @Test mutating func longAfterAnUnansweredFinalizeNothingIsHeldBack() {
        _ = interim("five", to: 2)
        _ = machine.settle()
        clock.sent(80_000, from: 32_000)
        #expect(final("Five.", to: 2) == [.final(text: "Five.")])
    }

    @Test mutating func ofALateFinalOnlyTheNewWordsAreSaid() {
        _ = interim("my number", to: 1)
        _ = machine.settle()
        let results = ListenResults(
            duration: 2,
            isFinal: true,
            transcript: "My number is seven.",
            lastWordEnd: 2,
            words: [
                .init(start: 0.1, text: "My"), .init(start: 0.5, text: "number"), .init(start: 1.1, text: "is"),
                .init(start: 1.5, text: "seven."),
            ]
        )
        #expect(receive(.results(results)) == [.final(text: "is seven.")])
    }

    @Test mutating func speechStartedIsToldOncePerMoment() {
        #expect(receive(.speechStarted(timestamp: 1)) == [.speechStarted])
        #expect(receive(.speechStarted(timestamp: 1)) == [])
        #expect(receive(.speechStarted(timestamp: 2)) == [.speechStarted])
    }

    @Test mutating func otherChannelsAndOtherMessagesSayNothing() {
        let other = ListenResults(isFinal: true, isSpeechFinal: true, channel: 1, transcript: "Hello")
        #expect(receive(.results(other)) == [])
        #expect(receive(.metadata) == [])
        #expect(receive(.malformed) == [])
        #expect(receive(.unknown(type: "TurnInfo")) == [])
    }

    @Test mutating func finalsSurviveALostConnectionAndTheInterimDoesNot() {
        _ = final("I want", to: 1)
        _ = interim("a ri", to: 2)
        machine.connectionLost()
        var next = StreamClock(startingAt: machine.settledPosition)
        next.sent(80_000, from: machine.settledPosition)
        clock = next
        #expect(interim("a ride", to: 1) == [.interim(text: "a ride")])
        #expect(
            final("a ride.", to: 1, speechFinal: true) == [.final(text: "a ride."), .endOfTurn(.speechFinal)]
        )
        #expect(machine.settledPosition == 16_000)
    }

    @Test mutating func aTurnNeverEndsTwiceWhateverComes() {
        var generator = SystemRandomNumberGenerator()
        var isOpen = false
        for step in 0..<20_000 {
            let time = Double(step % 9)
            var message = ListenMessage.utteranceEnd(lastWordEnd: time - 1)
            if Bool.random(using: &generator) {
                message = .results(
                    ListenResults(
                        start: time,
                        duration: 1,
                        isFinal: Bool.random(using: &generator),
                        isSpeechFinal: Int.random(in: 0..<4, using: &generator) == 0,
                        isFromFinalize: Int.random(in: 0..<4, using: &generator) == 0,
                        transcript: ["", "yes", "no"].randomElement(using: &generator) ?? ""
                    )
                )
            }
            if step % 50 == 0 { machine.finalizeSent() }
            let events = step % 70 == 0 ? machine.settle() : receive(message)
            for event in events {
                switch event {
                case .final(let text):
                    #expect(!text.isEmpty)
                    isOpen = true
                case .endOfTurn:
                    #expect(isOpen)
                    isOpen = false
                case .session, .speechStarted, .interim: break
                }
            }
        }
    }
}
