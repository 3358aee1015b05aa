import Testing

@testable import Conversation

@Suite("The beginning and the end of a call")
struct LifecycleTests {
    @Test("A prepared call opens its sessions, then greets when media flows")
    func preparedCall() {
        let call = CallWorld()
        #expect(call.send(.callPrepared) == [.openSession(.stt), .openSession(.llm), .openSession(.tts)])
        let effects = call.send(.streamStarted)
        #expect(effects.contains(.playPrepared(Generation(1), .greeting)))
        #expect(!effects.contains(.openSession(.tts)))
        call.run { call.conversation.speeches.isEmpty }
        #expect(call.transcript == ["agent: Hello, how can I help?"])
        #expect(call.conversation.history == [.user("[call connected]"), .assistant("Hello, how can I help?")])
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A stream that was not prepared for works too")
    func unpreparedCall() {
        let call = CallWorld()
        let effects = call.send(.streamStarted)
        #expect(effects.prefix(3) == [.openSession(.stt), .openSession(.llm), .openSession(.tts)])
        #expect(effects.contains(.playPrepared(Generation(1), .greeting)))
        #expect(call.send(.streamStarted).isEmpty)
        #expect(call.send(.callPrepared).isEmpty)
    }

    @Test("Without a greeting the agent listens")
    func callerSpeaksFirst() {
        let call = CallWorld { $0.greeting = "" }
        call.answers = [.says("Hi.")]
        call.start()
        #expect(call.conversation.speeches.isEmpty)
        call.callerSays("Hello?")
        #expect(call.lastRequest == [.user("Hello?")])
    }

    @Test("A stop closes every session, stops every timer, and nothing follows")
    func stop() {
        let call = CallWorld()
        call.answers = [.says("We are open from nine to five every day.")]
        call.startAndGreet()
        call.callerSays("When are you open?")
        call.run { call.conversation.isAgentAudible }
        let effects = call.send(.stopped(.callerHungUp))
        #expect(effects.contains(.closeSession(.stt)))
        #expect(effects.contains(.closeSession(.llm)))
        #expect(effects.contains(.closeSession(.tts)))
        #expect(effects.last == .record(.callEnded(.stopped(.callerHungUp), turns: 1)))
        #expect(call.conversation.isEnded)
        #expect(call.send(.stt(.final("Hello?"))).isEmpty)
        #expect(call.send(.stopped(.streamClosed)).isEmpty)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A prepared call whose stream never comes holds nothing either")
    func neverStarted() {
        let call = CallWorld()
        call.send(.callPrepared)
        call.send(.stt(.final("nobody")))
        call.send(.stopped(.neverStarted))
        #expect(call.conversation.isEnded)
        #expect(call.requests.isEmpty)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("The longest duration ends the call with a goodbye that cannot be cut off")
    func maximumDuration() {
        let call = CallWorld {
            $0.limits.callDuration = 60_000
            $0.turn.noInput = nil
        }
        call.startAndGreet()
        call.run { call.conversation.closing != nil }
        #expect(call.now == CallTime(60_100))
        call.run(200)
        call.callerSays("But wait!")
        call.run { call.conversation.isEnded }
        #expect(call.end == .maximumDuration)
        #expect(call.transcript.last == "agent: Goodbye.")
        #expect(call.effects.last?.effect == .hangUp)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("The operator ends the call politely, or at once when asked twice")
    func operatorHangsUp() {
        let polite = CallWorld()
        polite.start()
        polite.run(900)
        #expect(polite.send(.operatorHangUp).first == .clear)
        polite.run { polite.conversation.isEnded }
        #expect(polite.transcript == ["agent: Hello, how --", "agent: Goodbye."])
        #expect(polite.end == .operatorHungUp)
        let hasty = CallWorld()
        hasty.start()
        hasty.send(.operatorHangUp)
        #expect(hasty.send(.operatorHangUp).last == .hangUp)
        let early = CallWorld()
        early.send(.callPrepared)
        #expect(early.send(.operatorHangUp).last == .hangUp)
        for call in [polite, hasty, early] { #expect(call.checker.violations.isEmpty) }
    }

    @Test("After a broken stream the sentence that broke off is said again")
    func streamResumed() {
        let call = CallWorld()
        call.answers = [.says("We open at nine. We close at five in the afternoon.")]
        call.startAndGreet()
        call.callerSays("When are you open?")
        call.run { call.conversation.isAgentAudible }
        call.run(1_800)
        #expect(call.send(.streamResumed).first == .clear)
        call.run { call.conversation.speeches.isEmpty }
        #expect(
            call.transcript.suffix(2) == ["agent: We open at nine. --", "agent: We close at five in the afternoon."]
        )
        #expect(call.conversation.history.last == .assistant("We open at nine. We close at five in the afternoon."))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A stream that is broken for a while loses nothing")
    func detachedStream() {
        let call = CallWorld()
        call.start()
        call.run(600)
        call.sendsMedia = false
        call.run(12_000)
        call.sendsMedia = true
        call.send(.streamResumed)
        call.run { call.conversation.speeches.isEmpty }
        #expect(call.transcript.last == "agent: Hello, how can I help?")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Audio that is never handed over is dropped at last, and the call goes on")
    func stalledPacer() {
        let call = CallWorld { $0.greeting = String(repeating: "Hello. ", count: 30) }
        call.start()
        call.run(600)
        call.sendsMedia = false
        call.run(limit: 30_000) { call.conversation.speeches.isEmpty }
        #expect((15_000...20_000).contains(call.now.milliseconds))
        #expect(call.count { $0 == .clear } == 1)
        call.sendsMedia = true
        call.answers = [.says("Yes?")]
        call.callerSays("Hello?")
        call.run { call.isQuiet }
        #expect(call.transcript.last == "agent: Yes?")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Time that goes back is held still")
    func timeGoesBack() {
        var conversation = Conversation(settings: ConversationSettings(callID: "CA1"))
        _ = conversation.handle(.streamStarted, at: CallTime(1_000))
        _ = conversation.handle(.stt(.final("Hello")), at: CallTime(10))
        #expect(conversation.now == CallTime(1_000))
    }
}
