import TTSWorkerCore
import Testing
import WorkerProtocol

@Suite struct SpeakMachineTests {
    private var rig = SpeakRig()
    private let temporary = WorkerFailure(.unavailable, detail: "503")

    private mutating func opened() {
        rig.open()
        rig.receive(.metadata)
        _ = rig.take()
    }

    // MARK: - Replies

    @Test mutating func aSessionIsOpenAtOnceAndConnects() {
        #expect(rig.take() == [.report(.session(.opened)), .connect])
    }

    @Test mutating func aReplyIsSentAsItComesAndFlushedAtItsEnd() {
        opened()
        rig.begin(1)
        rig.text("Good morning, this")
        #expect(rig.take() == [.report(.begin(generation: 1)), .send(.speak("Good morning, "))])
        rig.text(" is Oak. ")
        #expect(rig.take() == [.send(.speak("this is Oak. "))])
        rig.text("Who is it?")
        rig.end(1)
        #expect(rig.take() == [.send(.speak("Who is it?")), .send(.flush)])
        #expect(rig.audio() == .forward)
        rig.receive(.flushed)
        #expect(
            rig.take() == [
                .report(.segment(generation: 1, text: "Good morning, this is Oak. Who is it?")),
                .report(.end(generation: 1, cancelled: false)),
            ]
        )
    }

    @Test(arguments: ["", "   ", "😀", "***", "```code```", "..."])
    mutating func aReplyThatCannotBeSpokenEndsAtOnceWithoutAFlush(text: String) {
        opened()
        rig.say(1, text)
        #expect(rig.take() == [.report(.begin(generation: 1)), .report(.end(generation: 1, cancelled: false))])
        rig.say(2, "Hello.")
        #expect(rig.take().contains(.send(.flush)))
    }

    @Test mutating func textBeforeTheConnectionIsKept() {
        rig.say(1, "Hello.")
        _ = rig.take()
        rig.open()
        #expect(rig.take() == [.report(.begin(generation: 1)), .send(.speak("Hello.")), .send(.flush)])
    }

    @Test mutating func theNextReplyWaitsForTheOneBefore() {
        opened()
        rig.say(1, "One.")
        rig.say(2, "Two.")
        #expect(rig.take() == [.report(.begin(generation: 1)), .send(.speak("One.")), .send(.flush)])
        rig.receive(.flushed)
        #expect(
            rig.take() == [
                .report(.segment(generation: 1, text: "One.")), .report(.end(generation: 1, cancelled: false)),
                .report(.begin(generation: 2)), .send(.speak("Two.")), .send(.flush),
            ]
        )
    }

    @Test mutating func wordsOfASlowModelAreNotHeldLongerThan250Milliseconds() {
        opened()
        rig.begin(1)
        rig.text("I am look")
        #expect(rig.take() == [])
        rig.advance(250)
        #expect(rig.take() == [.report(.begin(generation: 1)), .send(.speak("I am "))])
    }

    @Test mutating func aTextThatPausesIsSpokenWithoutWaitingForItsEnd() {
        opened()
        rig.begin(1)
        rig.text("Let me check that.")
        rig.advance(900)
        #expect(
            rig.take() == [
                .report(.begin(generation: 1)), .send(.speak("Let me check ")), .send(.speak("that.")), .send(.flush),
            ]
        )
        #expect(rig.audio() == .forward)
        rig.receive(.flushed)
        #expect(rig.take() == [.report(.segment(generation: 1, text: "Let me check that."))])
        rig.advance(10_000)
        rig.text(" Here it is.")
        rig.end(1)
        #expect(rig.take() == [.send(.speak(" Here it is.")), .send(.flush)])
        rig.receive(.flushed)
        #expect(
            rig.take() == [
                .report(.segment(generation: 1, text: " Here it is.")), .report(.end(generation: 1, cancelled: false)),
            ]
        )
    }

    @Test mutating func aProviderThatWaitsForAFlushGetsOneEarly() {
        opened()
        rig.begin(1)
        var sent: [SpeakAction] = []
        for _ in 0..<20 {
            rig.text("One more sentence. ")
            rig.advance(50)
            sent += rig.take()
        }
        #expect(sent.count { $0 == .send(.flush) } == 1)
    }

    @Test mutating func aProviderThatBeginsByItselfGetsNoEarlyFlush() {
        opened()
        rig.begin(1)
        var sent: [SpeakAction] = []
        for _ in 0..<20 {
            rig.text("One more sentence. ")
            _ = rig.audio()
            rig.advance(50)
            sent += rig.take()
        }
        #expect(!sent.contains(.send(.flush)))
    }

    @Test mutating func anEndAfterAPauseWithNothingMoreIsTheEnd() {
        opened()
        rig.begin(1)
        rig.text("Hello. ")
        rig.advance(900)
        rig.receive(.flushed)
        _ = rig.take()
        rig.end(1)
        #expect(rig.take() == [.report(.end(generation: 1, cancelled: false))])
    }

    // MARK: - The fence

    @Test mutating func aCancelledReplysAudioIsDroppedUntilCleared() {
        opened()
        rig.say(1, "One.")
        #expect(rig.audio() == .forward)
        _ = rig.take()
        rig.cancel(1)
        #expect(rig.take() == [.send(.clear), .report(.end(generation: 1, cancelled: true))])
        #expect(rig.audio() == .drop)
        rig.say(2, "Two.")
        #expect(rig.take() == [])
        rig.receive(.flushed)
        #expect(rig.audio() == .drop)
        rig.receive(.cleared)
        #expect(rig.take() == [.report(.begin(generation: 2)), .send(.speak("Two.")), .send(.flush)])
        #expect(rig.audio() == .forward)
        rig.receive(.flushed)
        #expect(rig.take().last == .report(.end(generation: 2, cancelled: false)))
    }

    @Test mutating func aFlushedThatComesAfterClearedDoesNotEndTheNextReply() {
        opened()
        rig.say(1, "One.")
        rig.cancel(1)
        rig.receive(.cleared)
        rig.say(2, "Two.")
        _ = rig.take()
        rig.receive(.flushed)
        #expect(rig.take() == [])
        #expect(rig.audio() == .forward)
        rig.receive(.flushed)
        #expect(
            rig.take() == [
                .report(.segment(generation: 2, text: "Two.")), .report(.end(generation: 2, cancelled: false)),
            ]
        )
    }

    @Test mutating func whatWasNotSentNeedsNoClear() {
        opened()
        rig.begin(1)
        rig.text("Hel")
        rig.cancel(1)
        #expect(rig.take() == [.report(.end(generation: 1, cancelled: true))])
        rig.text("lo. ")
        rig.advance(2_000)
        #expect(rig.take() == [])
    }

    @Test mutating func aReplyThatWaitsIsCancelledWithoutAClear() {
        opened()
        rig.say(1, "One.")
        rig.say(2, "Two.")
        _ = rig.take()
        rig.cancel(2)
        #expect(rig.take() == [.report(.end(generation: 2, cancelled: true))])
        rig.receive(.flushed)
        #expect(rig.take().last == .report(.end(generation: 1, cancelled: false)))
    }

    @Test mutating func cancellingWhatHasEndedDoesNothing() {
        opened()
        rig.say(1, "One.")
        rig.receive(.flushed)
        _ = rig.take()
        rig.cancel(1)
        rig.cancel(9)
        rig.end(9)
        #expect(rig.take() == [])
    }

    @Test mutating func aClearThatIsNotAnsweredWithinASecondCostsTheConnection() {
        opened()
        rig.say(1, "One.")
        rig.cancel(1)
        rig.say(2, "Two.")
        _ = rig.take()
        rig.advance(999)
        #expect(rig.take() == [])
        rig.advance(1)
        #expect(rig.take() == [.abortSocket, .connect])
        rig.open()
        #expect(rig.take() == [.report(.begin(generation: 2)), .send(.speak("Two.")), .send(.flush)])
    }

    @Test mutating func aClearedThatNobodyAskedForIsIgnored() {
        opened()
        rig.say(1, "One.")
        rig.receive(.cleared)
        rig.receive(.flushed)
        #expect(rig.take().last == .report(.end(generation: 1, cancelled: false)))
        rig.receive(.flushed)
        #expect(rig.take() == [])
        #expect(rig.audio() == .drop)
    }

    // MARK: - Connection

    @Test mutating func aReplyWithoutAudioIsSentAgainOnceAndThenFails() {
        opened()
        rig.say(1, "One.")
        _ = rig.take()
        rig.advance(2_999)
        #expect(rig.take() == [])
        rig.advance(1)
        #expect(rig.take() == [.abortSocket, .connect])
        rig.open()
        #expect(rig.take() == [.send(.speak("One.")), .send(.flush)])
        rig.advance(3_000)
        let actions = rig.take()
        #expect(actions.first == .abortSocket)
        guard case .report(.failed(generation: 1, let failure))? = actions.dropFirst().first else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .timedOut)
        #expect(actions.last == .connect)
        rig.open()
        rig.say(2, "Two.")
        #expect(rig.take().last == .send(.flush))
    }

    @Test mutating func audioThatStopsBeforeTheEndFailsTheReply() {
        opened()
        rig.say(1, "One.")
        rig.advance(1_000)
        _ = rig.audio()
        _ = rig.take()
        rig.advance(2_999)
        #expect(rig.take() == [])
        rig.advance(1)
        #expect(
            rig.take().contains {
                if case .report(.failed(generation: 1, _)) = $0 { true } else { false }
            }
        )
    }

    @Test mutating func audioIsNotLateWhileWeDoNotRead() {
        opened()
        rig.say(1, "One.")
        _ = rig.audio()
        rig.machine.isReadingStopped = true
        _ = rig.take()
        rig.advance(60_000)
        #expect(rig.take() == [])
    }

    @Test mutating func aConnectionLostInTheMiddleFailsTheReplyAndIsMadeAgain() {
        opened()
        rig.say(1, "One.")
        _ = rig.audio()
        _ = rig.take()
        rig.lose(code: 1011, reason: "NET-0002")
        rig.advance(0)
        let actions = rig.take()
        guard case .report(.failed(generation: 1, let failure))? = actions.first else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .unavailable)
        #expect(failure.status == 1011)
        #expect(failure.detail.contains("NET-0002"))
        #expect(failure.requestID == "r1")
        #expect(actions.last == .connect)
    }

    @Test mutating func aConnectionLostBeforeAnyAudioIsMadeAgainAndTheTextSentAgain() {
        opened()
        rig.begin(1)
        rig.text("One. Two. ")
        _ = rig.take()
        rig.lose(code: nil)
        rig.advance(0)
        #expect(rig.take() == [.connect])
        rig.text("Three.")
        rig.end(1)
        rig.open()
        #expect(
            rig.take() == [
                .send(.speak("One. ")), .send(.speak("Two. ")), .send(.speak("Three.")), .send(.flush),
            ]
        )
        rig.lose()
        #expect(
            rig.take().contains {
                if case .report(.failed(generation: 1, _)) = $0 { true } else { false }
            }
        )
    }

    @Test mutating func onlyWhatWasNotAcknowledgedIsSentAgain() {
        opened()
        rig.begin(1)
        rig.text("One. ")
        rig.advance(900)
        _ = rig.audio()
        rig.receive(.flushed)
        rig.text("Two.")
        rig.end(1)
        _ = rig.take()
        rig.lose()
        rig.advance(0)
        rig.open()
        #expect(rig.take() == [.connect, .send(.speak("Two.")), .send(.flush)])
    }

    @Test mutating func anIdleConnectionIsMadeAgainQuietly() {
        opened()
        rig.advance(60_000)
        _ = rig.take()
        rig.lose()
        rig.advance(0)
        #expect(rig.take() == [.connect])
    }

    @Test mutating func aRefusalForGoodIsReported() {
        _ = rig.take()
        let failure = WorkerFailure(.rejected, isPermanent: true, detail: "401", status: 401)
        rig.refuse(failure)
        #expect(rig.take() == [.closeSocket, .report(.session(.failed(failure))), .finish])
        #expect(!rig.hasTimers)
    }

    @Test mutating func refusalsThatPassAreTriedAgainAFewTimes() {
        for _ in 0..<5 {
            rig.refuse(temporary)
            _ = rig.take()
            rig.advance(0)
            #expect(rig.take() == [.connect])
        }
        rig.refuse(temporary)
        #expect(rig.take() == [.closeSocket, .report(.session(.failed(temporary))), .finish])
    }

    @Test mutating func textWaitsThreeSecondsForAConnectionAtMost() {
        _ = rig.take()
        rig.say(1, "One.")
        rig.refuse(temporary)
        rig.advance(2_999)
        #expect(rig.take() == [.connect])
        rig.advance(1)
        #expect(rig.take() == [.report(.failed(generation: 1, temporary))])
        rig.open()
        rig.say(2, "Two.")
        #expect(rig.take().last == .send(.flush))
    }

    @Test mutating func anOldConnectionIsReplacedBetweenReplies() {
        opened()
        rig.advance(50 * 60_000 - 100)
        rig.say(1, "One.")
        _ = rig.audio()
        _ = rig.take()
        rig.advance(200)
        #expect(rig.take() == [])
        rig.receive(.flushed)
        #expect(rig.take().suffix(3) == [.send(.close), .closeSocket, .connect])
        rig.open()
        rig.advance(50 * 60_000)
        #expect(rig.take() == [.send(.close), .closeSocket, .connect])
    }

    @Test mutating func twoUnansweredPingsAreALostConnection() {
        opened()
        for _ in 0..<2 { rig.perform(rig.machine.timerFired(.ping, at: rig.now)) }
        #expect(rig.take() == [])
        rig.perform(rig.machine.timerFired(.ping, at: rig.now))
        #expect(rig.take() == [.abortSocket])
        rig.advance(0)
        #expect(rig.take() == [.connect])
    }

    // MARK: - Limits

    @Test mutating func charactersAreKeptBelowTheProvidersLimitByANewConnection() {
        opened()
        let sentence = String(repeating: "word ", count: 199) + "end. "
        rig.say(1, sentence)
        rig.receive(.flushed)
        rig.say(2, sentence)
        rig.receive(.flushed)
        _ = rig.take()
        rig.say(3, sentence)
        #expect(rig.take() == [.send(.close), .closeSocket, .connect])
        rig.open()
        #expect(rig.take().last == .send(.flush))
    }

    @Test mutating func inTheMiddleOfAReplyTextWaitsForTheCharacterLimit() {
        opened()
        let sentence = String(repeating: "word ", count: 199) + "end. "
        rig.say(1, sentence + sentence + sentence)
        let sent = rig.take()
        #expect(sent.count == 3)
        for _ in 0..<60 {
            rig.advance(1_000)
            _ = rig.audio()
        }
        #expect(rig.take() == [.send(.speak(String(sentence))), .send(.flush)])
    }

    @Test mutating func flushesAreKeptBelowTheProvidersLimitByANewConnection() {
        opened()
        for generation in UInt32(1)...15 {
            rig.say(generation, "Yes.")
            rig.receive(.flushed)
        }
        #expect(rig.take().count { $0 == .send(.flush) } == 15)
        rig.say(16, "Yes.")
        #expect(rig.take() == [.send(.close), .closeSocket, .connect])
        rig.open()
        #expect(rig.take().last == .send(.flush))
    }

    @Test mutating func moreTextThanMayWaitFailsItsReply() {
        rig.begin(1)
        for _ in 0..<20 { rig.text(String(repeating: "word ", count: 199) + "end. ") }
        _ = rig.take()
        rig.text(String(repeating: "word ", count: 199) + "end. ")
        guard case .report(.failed(generation: 1, let failure))? = rig.take().first else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .overloaded)
        #expect(!rig.machine.isOver)
    }

    @Test mutating func tooManyRepliesAtOnceAreAViolation() {
        for generation in UInt32(1)...8 { rig.begin(generation) }
        #expect(!rig.machine.isOver)
        rig.begin(9)
        #expect(rig.machine.isOver)
    }

    @Test mutating func theSameGenerationTwiceIsAViolation() {
        rig.begin(1)
        rig.begin(1)
        #expect(rig.machine.isOver)
    }

    // MARK: - The end

    @Test mutating func closingTellsTheProviderAndWaitsForItsEnd() {
        opened()
        rig.say(1, "One.")
        _ = rig.take()
        rig.perform(rig.machine.closeRequested())
        #expect(rig.take() == [.send(.close)])
        #expect(rig.audio() == .drop)
        rig.lose(code: 1000)
        #expect(rig.take() == [.closeSocket, .report(.session(.closed)), .finish])
        #expect(!rig.hasTimers)
    }

    @Test mutating func aProviderThatDoesNotCloseIsLeftAfter1500Milliseconds() {
        opened()
        rig.perform(rig.machine.closeRequested())
        rig.advance(1_500)
        #expect(rig.take() == [.send(.close), .closeSocket, .report(.session(.closed)), .finish])
    }

    @Test mutating func aLinkThatEndsClosesTheConnection() {
        opened()
        rig.perform(rig.machine.linkClosed())
        #expect(rig.take() == [.send(.close), .closeSocket])
        #expect(!rig.hasTimers)
    }

    @Test mutating func complaintsAndOddMessagesAreNoted() {
        opened()
        rig.receive(.warning(code: "W", text: "w"))
        rig.receive(.error(code: "E", text: "e"))
        rig.receive(.unknown(type: "X"))
        rig.receive(.malformed)
        #expect(
            rig.takeNotes() == [
                .complaint(code: "W", text: "w"), .complaint(code: "E", text: "e"), .unknownMessage(type: "X"),
                .malformedMessage,
            ]
        )
    }
}
