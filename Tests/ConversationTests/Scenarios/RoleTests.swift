import Testing

@testable import Conversation

@Suite("Lost and regained sessions")
struct RoleTests {
    let lost = Failure("unavailable")

    func finish(_ call: CallWorld) {
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
    }

    @Test("A lost transcription is opened again, and settled words are kept")
    func transcription() {
        let call = CallWorld()
        call.answers = [.says("Done.")]
        call.startAndGreet()
        call.send(.stt(.final("Book a")))
        #expect(call.send(.roleLost(.stt, lost)).contains(.openSession(.stt)))
        call.run(600)
        #expect(call.facts.contains(.roleRegained(.stt, away: 500)))
        call.send(.stt(.final("table.")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        #expect(call.lastRequest.last == .user("Book a table."))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A model lost before it was heard is asked again once it is back")
    func modelBeforeWords() {
        let call = CallWorld()
        call.answers = [.says("never heard", latency: 5_000), .says("Monday.")]
        call.startAndGreet()
        call.callerSays("When?")
        call.run(200)
        call.send(.roleLost(.llm, lost))
        #expect(call.requests.count == 1)
        finish(call)
        #expect(call.requests.count == 2)
        #expect(call.requests[0] == call.requests[1])
        #expect(call.transcript.last == "agent: Monday.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A model lost after it was heard leaves what was heard")
    func modelAfterWords() {
        let call = CallWorld()
        call.startAndGreet()
        call.callerSays("When?")
        call.send(.llm(.text(call.conversation.lastGeneration, "We have free tables")))
        call.run(400)
        call.send(.roleLost(.llm, lost))
        finish(call)
        #expect(call.requests.count == 1)
        #expect(call.conversation.history.last == .assistant("We have free tables"))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Tools that ran when the model's session was lost are not run again")
    func toolsLost() {
        let call = CallWorld { $0.tools = [ToolSettings(name: "book", hasEffect: true)] }
        let book = ToolCall(id: "t1", name: "book", inputJSON: "{}")
        call.answers = [.calls([book]), .says("I am not sure that it worked.")]
        call.startAndGreet()
        call.callerSays("Book it.")
        call.run { call.count { if case .runTool = $0 { true } else { false } } == 1 }
        call.send(.roleLost(.llm, lost))
        finish(call)
        #expect(call.count { if case .runTool = $0 { true } else { false } } == 1)
        #expect(call.facts.contains(.toolAnswered(turn: 1, id: "t1", outcome: .lost)))
        #expect(call.transcript.last == "agent: I am not sure that it worked.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A synthesis lost in the middle goes on at the sentence that broke off")
    func synthesis() {
        let call = CallWorld()
        call.startAndGreet()
        call.callerSays("When?")
        let generation = call.conversation.lastGeneration
        call.send(.llm(.text(generation, "We open at nine. We close")))
        call.run(150)
        call.send(.llm(.text(generation, " at five.")))
        call.send(.roleLost(.tts, lost))
        call.send(.llm(.text(generation, " Always.")))
        call.send(.llm(.ended(generation, .endTurn)))
        finish(call)
        #expect(
            call.transcript.suffix(2) == ["agent: We open at nine.", "agent: We close at five. Always."]
        )
        #expect(call.conversation.history.last == .assistant("We open at nine. We close at five. Always."))
        #expect(call.requests.count == 1)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A part of a frame that the pacer keeps back holds nothing up")
    func keptBack() {
        var conversation = Conversation(settings: ConversationSettings(callID: "CA1"))
        _ = conversation.handle(.streamStarted, at: .zero)
        _ = conversation.handle(.stt(.final("When?")), at: .zero)
        _ = conversation.handle(.stt(.endOfTurn(.speechFinal)), at: .zero)
        let generation = conversation.lastGeneration
        _ = conversation.handle(.llm(.text(generation, "We open at nine.")), at: .zero)
        _ = conversation.handle(.tts(.audio(generation, bytes: 1_700)), at: .zero)
        _ = conversation.handle(.mediaSent(generation, bytes: 1_600), at: .zero)
        _ = conversation.handle(.roleLost(.tts, lost), at: .zero)
        _ = conversation.handle(.timer(.playback), at: CallTime(2_200))
        #expect(conversation.speeches.map(\.stage) == [.waiting])
        #expect(conversation.speeches.first?.text.text == "We open at nine.")
    }

    @Test("A synthesis that fails is tried once more with a number of its own")
    func failedSynthesis() {
        let call = CallWorld()
        call.answers = [.says("Monday.")]
        call.startAndGreet()
        call.callerSays("When?")
        call.run { call.count { if case .endSpeech = $0 { true } else { false } } == 1 }
        let start = call.now
        #expect(!call.send(.tts(.failed(Generation(2), lost))).contains(.beginSpeech(Generation(3))))
        call.run { call.count { $0 == .speakText(Generation(3), "Monday.") } == 1 }
        #expect(call.now - start == 250)
        finish(call)
        #expect(call.transcript.last == "agent: Monday.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A prepared sentence that cannot be played is said when the synthesis is back")
    func preparedWithoutSynthesis() {
        let call = CallWorld()
        call.voiceIsThere = false
        call.start()
        call.send(.roleLost(.tts, lost))
        call.send(.tts(.failed(Generation(1), lost)))
        call.voiceIsThere = true
        finish(call)
        #expect(call.transcript == ["agent: Hello, how can I help?"])
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A sentence that fails before the loss of the session is known waits for its return")
    func failedBeforeLoss() {
        let call = CallWorld()
        call.voiceIsThere = false
        call.start()
        call.send(.tts(.failed(Generation(1), lost)))
        call.send(.tts(.failed(Generation(2), lost)))
        call.send(.roleLost(.tts, lost))
        call.run(400)
        #expect(call.conversation.speeches.map(\.stage) == [.waiting])
        call.voiceIsThere = true
        finish(call)
        #expect(call.transcript == ["agent: Hello, how can I help?"])
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A role that stays away ends the call with an apology", arguments: [Role.stt, .llm])
    func away(role: Role) {
        let call = CallWorld()
        call.reopens = false
        call.startAndGreet()
        let start = call.now
        call.send(.roleLost(role, lost))
        call.run { call.conversation.closing != nil }
        #expect(call.now - start == 10_000)
        call.run { call.conversation.isEnded }
        #expect(call.end == .roleAway(role))
        #expect(
            call.transcript.last == "agent: I'm sorry, we have a technical problem. Please call again later. Goodbye."
        )
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A role that comes back again and again but never stays is away", arguments: [Role.stt, .llm])
    func flapping(role: Role) {
        let call = CallWorld()
        call.reopens = false
        call.startAndGreet()
        let start = call.now
        call.send(.roleLost(role, lost))
        while call.conversation.closing == nil, call.now - start < 60_000 {
            call.run(1_700)
            call.send(.roleRegained(role))
            call.run(1_500)
            call.send(.roleLost(role, lost))
        }
        #expect(call.now - start <= 16_000)
        call.run { call.conversation.isEnded }
        #expect(call.end == .roleAway(role))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A role that came back for good is not away, however long it took")
    func backForGood() {
        let call = CallWorld()
        call.reopens = false
        call.startAndGreet()
        call.send(.roleLost(.stt, lost))
        call.run(9_900)
        call.send(.roleRegained(.stt))
        call.callerSays("When?")
        call.run(6_000)
        #expect(call.conversation.closing == nil)
        #expect(!call.conversation.isEnded)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A synthesis that stays away ends the call even if the apology cannot be played")
    func synthesisAway() {
        let call = CallWorld()
        call.reopens = false
        call.answers = [.says("Monday.")]
        call.startAndGreet()
        call.callerSays("When?")
        call.voiceIsThere = false
        call.send(.roleLost(.tts, lost))
        call.run { call.conversation.isEnded }
        #expect(call.end == .roleAway(.tts))
        #expect(call.now < CallTime(40_000))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A role that refuses for good twice ends the call without further waiting")
    func permanent() {
        let call = CallWorld()
        call.reopens = false
        call.startAndGreet()
        call.send(.roleLost(.llm, Failure("rejected", isPermanent: true)))
        #expect(call.conversation.closing == nil)
        call.send(.roleLost(.llm, Failure("rejected", isPermanent: true)))
        #expect(call.conversation.closing != nil)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A session lost before media flows is waited for once it does")
    func lostWhilePrepared() {
        let call = CallWorld()
        call.reopens = false
        call.send(.callPrepared)
        call.send(.roleLost(.stt, lost))
        call.send(.roleLost(.stt, lost))
        call.run(200)
        let effects = call.send(.streamStarted)
        #expect(effects.contains(.setTimer(.roleAway(.stt), milliseconds: 10_000)))
        call.run(200)
        call.send(.roleRegained(.stt))
        call.run(20_000)
        #expect(!call.conversation.isEnded)
        #expect(call.checker.violations.isEmpty)
    }
}
