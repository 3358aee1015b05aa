import NIOCore
import STTWorkerCore
import Testing
import WorkerProtocol

@Suite struct ListenMachineTests {
    private var rig = ListenRig()
    private let temporary = WorkerFailure(.unavailable, detail: "503")

    private mutating func opened() {
        rig.open()
        _ = rig.take()
    }

    @Test mutating func aSessionIsOpenAtOnceAndConnects() {
        #expect(rig.take() == [.report(.session(.opened)), .connect])
    }

    // MARK: - Keep-alive

    @Test mutating func keepAlivesGoFourSecondsAfterTheLastSend() {
        opened()
        rig.audio([UInt8](repeating: 1, count: 800))
        _ = rig.take()
        rig.advance(3_999)
        #expect(rig.take() == [])
        rig.advance(1)
        #expect(rig.take() == [.sendText(.keepAlive)])
        rig.advance(3_999)
        #expect(rig.take() == [])
        rig.advance(1)
        #expect(rig.take() == [.sendText(.keepAlive)])
    }

    @Test mutating func noKeepAliveGoesWhileAudioFlows() {
        opened()
        rig.speak(milliseconds: 15_000)
        #expect(!rig.take().contains(.sendText(.keepAlive)))
    }

    @Test mutating func silenceIsSentOnceIfTheFirstAudioIsLate() {
        opened()
        rig.advance(4_000)
        #expect(rig.take() == [.sendText(.keepAlive)])
        rig.advance(1_000)
        #expect(rig.take() == [.sendAudio(ByteBuffer(repeating: 0xFF, count: 800))])
        rig.advance(4_000)
        #expect(rig.take() == [.sendText(.keepAlive)])
        rig.advance(4_000)
        #expect(rig.take() == [.sendText(.keepAlive)])
    }

    @Test mutating func noSilenceIsSentAfterTheFirstAudio() {
        opened()
        rig.audio([UInt8](repeating: 1, count: 800))
        rig.advance(5_000)
        #expect(rig.takeAudio().count == 800)
    }

    // MARK: - Connection

    @Test mutating func temporaryRefusalsAreTriedAgainAFewTimes() {
        for _ in 0..<5 {
            rig.refuse(temporary)
            _ = rig.take()
            rig.advance(0)
            #expect(rig.take() == [.connect])
        }
        rig.refuse(temporary)
        #expect(rig.take() == [.closeSocket, .report(.session(.failed(temporary))), .finish])
        #expect(!rig.hasTimers)
    }

    @Test mutating func aPermanentRefusalIsReportedAtOnce() {
        _ = rig.take()
        let failure = WorkerFailure(.rejected, isPermanent: true, detail: "401", status: 401, requestID: "r")
        rig.refuse(failure)
        #expect(rig.take() == [.closeSocket, .report(.session(.failed(failure))), .finish])
    }

    @Test mutating func aCutConnectionIsReplacedAndTheAudioSinceTheLastFinalSentAgain() {
        opened()
        rig.speak(milliseconds: 1_000, level: 0x10)
        rig.final("Hello", from: 0, to: 0.5)
        #expect(rig.takeAudio().count == 8_000)
        rig.lose(code: nil)
        #expect(rig.takeNotes().count == 1)
        rig.advance(0)
        #expect(rig.take() == [.connect])
        rig.open(requestID: "r2")
        rig.advance(1_000)
        // 500 ms were settled; the rest comes again.
        #expect(rig.takeAudio().count == 4_000)
        rig.final("there.", from: 0, to: 0.5, speechFinal: true)
        #expect(rig.take() == [.report(.final(text: "there.")), .report(.endOfTurn(.speechFinal))])
        rig.lose()
        rig.advance(0)
        rig.open()
        rig.advance(1_000)
        #expect(rig.takeAudio().isEmpty)
    }

    @Test mutating func theReplayIsPacedAndTheLiveAudioFollowsIt() {
        opened()
        rig.speak(milliseconds: 5_000, level: 0x10)
        rig.receive(.speechStarted(timestamp: 0))
        rig.speak(milliseconds: 3_000, level: 0x10)
        rig.lose()
        rig.advance(0)
        rig.open()
        _ = rig.take()
        rig.speak(milliseconds: 1_000, level: 0x10)
        let first = rig.takeAudio().count
        #expect(first <= 9_600 + 800)
        #expect(first >= 9_600 - 800)
    }

    @Test mutating func whatTheProviderCannotAcceptIsNotSentAgain() {
        opened()
        rig.lose(code: 1008, reason: "DATA-0000")
        guard case .report(.session(.failed(let failure)))? = rig.take().dropFirst().first else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .protocolViolation)
        #expect(failure.status == 1008)
        #expect(failure.detail.contains("DATA-0000"))
    }

    @Test mutating func connectionsThatDieQuicklyAreGivenUpOn() {
        var connects = 0
        for _ in 0..<20 where !rig.machine.isOver {
            rig.open()
            rig.advance(100)
            rig.lose()
            rig.advance(1_000)
            connects += rig.take().count { $0 == .connect }
        }
        #expect(rig.machine.isOver)
        #expect(connects <= 6)
        #expect(!rig.hasTimers)
    }

    @Test mutating func twoUnansweredPingsAreACut() {
        opened()
        rig.machine.isWritable = true
        rig.advance(20_000)
        #expect(rig.take().contains(.ping))
        rig.machine.ponged()
        rig.advance(20_000)
        #expect(rig.take().contains(.ping))
        rig.advance(20_000)
        #expect(rig.take().contains(.ping))
        rig.advance(20_000)
        let actions = rig.take()
        #expect(actions.contains(.abortSocket))
        #expect(actions.last == .connect)
    }

    @Test mutating func speechWithoutAnyTextBackIsAFailure() {
        opened()
        rig.speak(milliseconds: 7_900, level: 0x10)
        #expect(!rig.machine.isOver)
        rig.speak(milliseconds: 100, level: 0x10)
        guard case .report(.session(.failed(let failure)))? = rig.take().dropLast().last else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .timedOut)
        #expect(failure.requestID == "r1")
    }

    @Test mutating func silenceOrAnyTextKeepsTheWatchdogQuiet() {
        opened()
        rig.speak(milliseconds: 60_000, level: 0xFF)
        #expect(!rig.machine.isOver)
        for _ in 0..<10 {
            rig.speak(milliseconds: 7_000, level: 0x10)
            rig.receive(.unknown(type: "X"))
        }
        #expect(!rig.machine.isOver)
    }

    // MARK: - Finalize and close

    @Test mutating func aFinalizeSendsTheRestOfTheAudioFirst() {
        opened()
        rig.audio([UInt8](repeating: 1, count: 160))
        perform { $0.finalizeRequested(at: $1) }
        #expect(rig.take() == [.sendAudio(ByteBuffer(repeating: 1, count: 160)), .sendText(.finalize)])
    }

    @Test mutating func anUnansweredFinalizeEndsTheTurnAfter700Milliseconds() {
        opened()
        rig.speak(milliseconds: 1_000)
        rig.final("I want", from: 0, to: 1)
        perform { $0.finalizeRequested(at: $1) }
        _ = rig.take()
        rig.advance(699)
        #expect(rig.take() == [])
        rig.advance(1)
        #expect(rig.take() == [.report(.endOfTurn(.finalize))])
    }

    @Test mutating func anAnsweredFinalizeHasNoTimeout() {
        opened()
        rig.speak(milliseconds: 1_000)
        perform { $0.finalizeRequested(at: $1) }
        rig.receive(
            .results(ListenResults(duration: 1, isFinal: true, isFromFinalize: true, transcript: "I want"))
        )
        _ = rig.take()
        rig.final("a ride", from: 1, to: 1)
        rig.advance(700)
        #expect(rig.take() == [.report(.final(text: "a ride"))])
    }

    @Test mutating func anUtteranceEndSettlesTheLastWordsByAFinalize() {
        opened()
        rig.speak(milliseconds: 1_000)
        _ = rig.take()
        rig.receive(.results(ListenResults(duration: 1, transcript: "is ten free", lastWordEnd: 1)))
        rig.receive(.utteranceEnd(lastWordEnd: 1))
        #expect(rig.take() == [.report(.interim(text: "is ten free")), .sendText(.finalize)])
        rig.advance(700)
        #expect(rig.take() == [.report(.final(text: "is ten free")), .report(.endOfTurn(.utteranceEnd))])
    }

    @Test mutating func aFinalizeFollowsTheAudioThatWaitsBeforeIt() {
        _ = rig.take()
        rig.audio([UInt8](repeating: 1, count: 1_000))
        perform { $0.finalizeRequested(at: $1) }
        #expect(rig.take() == [])
        rig.open()
        #expect(rig.take() == [.sendAudio(ByteBuffer(repeating: 1, count: 800))])
        rig.advance(100)
        #expect(rig.take() == [.sendAudio(ByteBuffer(repeating: 1, count: 200)), .sendText(.finalize)])
    }

    @Test mutating func aFinalizeWhileConnectingEndsTheTurnByItsTimeout() {
        opened()
        rig.speak(milliseconds: 1_000)
        rig.final("I want", from: 0, to: 1)
        rig.lose()
        _ = rig.take()
        perform { $0.finalizeRequested(at: $1) }
        rig.advance(700)
        #expect(rig.take() == [.connect, .report(.endOfTurn(.finalize))])
    }

    @Test mutating func closingDrainsAndSaysTheTail() {
        opened()
        rig.audio([UInt8](repeating: 1, count: 160))
        perform { $0.closeRequested(at: $1) }
        #expect(rig.take() == [.sendAudio(ByteBuffer(repeating: 1, count: 160)), .sendText(.closeStream)])
        rig.audio([1])
        rig.final("Bye", from: 0, to: 0.02)
        #expect(rig.take() == [.report(.final(text: "Bye"))])
        rig.receive(.metadata)
        #expect(
            rig.take() == [.report(.endOfTurn(.finalize)), .closeSocket, .report(.session(.closed)), .finish]
        )
        rig.lose(code: 1000)
        #expect(rig.take() == [])
        #expect(!rig.hasTimers)
    }

    @Test mutating func aProviderThatDoesNotDrainIsLeftAfter1500Milliseconds() {
        opened()
        perform { $0.closeRequested(at: $1) }
        _ = rig.take()
        rig.advance(1_499)
        #expect(rig.take() == [])
        rig.advance(1)
        #expect(rig.take() == [.closeSocket, .report(.session(.closed)), .finish])
    }

    @Test mutating func closingBeforeTheConnectionIsOpenEndsAtOnce() {
        _ = rig.take()
        perform { $0.closeRequested(at: $1) }
        #expect(rig.take() == [.closeSocket, .report(.session(.closed)), .finish])
        rig.open()
        #expect(rig.take() == [])
    }

    @Test mutating func aLinkThatEndsClosesTheStream() {
        opened()
        rig.perform(rig.machine.linkClosed())
        #expect(rig.take() == [.sendText(.closeStream), .closeSocket])
        #expect(!rig.hasTimers)
        rig.audio([1, 2, 3])
        rig.lose()
        #expect(rig.take() == [])
    }

    @Test mutating func complaintsAndOddMessagesAreNoted() {
        opened()
        rig.receive(.complaint("no"))
        rig.receive(.unknown(type: "X"))
        rig.receive(.malformed)
        #expect(rig.takeNotes() == [.complaint("no"), .unknownMessage(type: "X"), .malformedMessage])
        #expect(!rig.machine.isOver)
    }

    @Test mutating func noOrderOfEventsTrapsOrOutlivesTheEnd() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            rig = ListenRig()
            for _ in 0..<60 { step(using: &generator) }
            rig.perform(rig.machine.linkClosed())
            #expect(rig.machine.isOver)
            #expect(!rig.hasTimers)
            _ = rig.take()
            for _ in 0..<10 { step(using: &generator) }
            #expect(rig.take() == [])
        }
    }

    private mutating func step(using generator: inout some RandomNumberGenerator) {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: rig.open()
        case 1: rig.refuse(temporary)
        case 2: rig.lose()
        case 3: rig.advance(Int64.random(in: 0...3_000, using: &generator))
        case 4: rig.receive(.metadata)
        case 5: rig.final("a", from: 0, to: 1, speechFinal: true)
        case 6: perform { $0.finalizeRequested(at: $1) }
        case 7 where Int.random(in: 0..<10, using: &generator) == 0: perform { $0.closeRequested(at: $1) }
        case 8: perform { $0.socketBecameWritable(at: $1) }
        case 9: rig.machine.isWritable = Bool.random(using: &generator)
        default: rig.audio([UInt8](repeating: 0x10, count: Int.random(in: 0...2_000, using: &generator)))
        }
    }

    private mutating func perform(_ event: (inout ListenMachine, Int64) -> [ListenAction]) {
        rig.perform(event(&rig.machine, rig.now))
    }
}
