import Testing

@testable import Conversation

@Suite("Interruptions")
struct InterruptionTests {
    /// A call in which the agent has been speaking its reply for a second.
    func speaking(
        _ reply: String = "We have free tables on Monday. We also have some on Tuesday and on Friday.",
        _ change: (inout ConversationSettings) -> Void = { _ in }
    ) -> CallWorld {
        let call = CallWorld(change)
        call.answers = [.says(reply)]
        call.startAndGreet()
        call.callerSays("When?")
        call.run { call.conversation.isAgentAudible }
        call.run(1_000)
        return call
    }

    @Test("Words clear first, then cancel, and the history keeps what was heard")
    func bargeIn() {
        let call = speaking()
        call.answers = [.says("Monday it is.")]
        let effects = call.send(.stt(.interim("Monday please")))
        #expect(effects.first == .clear)
        #expect(call.transcript.last == "agent: We have free --")
        call.run(300)
        call.send(.stt(.final("Monday, please.")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        #expect(
            call.lastRequest.suffix(2) == [
                .assistant("We have free"), .user("[caller spoke over you] Monday, please."),
            ]
        )
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
        #expect(call.transcript.last == "agent: Monday it is.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("What the history keeps is what the caller heard, within a word and the marks' way")
    func heardIsHeard() {
        let call = speaking()
        let generation = Generation(2)
        call.send(.stt(.interim("stop")))
        guard case .assistant(let text)? = call.conversation.history.last.map(Heard.init) else {
            Issue.record("no reply in the history")
            return
        }
        let claimed = SpokenText(text).characters * 80
        #expect(call.heard(generation) >= Milliseconds(claimed))
        #expect(call.heard(generation) - Milliseconds(claimed) < 800)
    }

    enum Heard {
        case assistant(String)
        case other
        init(_ message: Message) {
            if message.role == .assistant, case .text(let text)? = message.content.first {
                self = .assistant(text)
            } else {
                self = .other
            }
        }
    }

    @Test("A reply cut off while it is still being made is not asked for again")
    func bargeInWhileGenerating() {
        let call = CallWorld()
        call.startAndGreet()
        call.callerSays("When?")
        let generation = call.conversation.lastGeneration
        call.send(.llm(.text(generation, "We have free tables on Monday, on Tuesday and ")))
        call.run(1_500)
        let effects = call.send(.stt(.interim("Monday")))
        #expect(effects.first == .clear)
        #expect(effects.contains(.cancelGeneration(generation)))
        #expect(effects.contains(.cancelSpeech(generation)))
        #expect(call.send(.llm(.text(generation, "on Friday"))).isEmpty)
        #expect(call.send(.tts(.audio(generation, bytes: 8_000))).isEmpty)
        #expect(call.send(.mediaSent(generation, bytes: 800)).isEmpty)
        call.send(.stt(.final("Monday")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        #expect(call.requests.count == 2)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Backchannels neither cut off nor are answered, settled or not")
    func backchannel() {
        let call = speaking()
        call.send(.stt(.interim("mm-hm")))
        call.run(200)
        call.send(.stt(.final("Mm-hm.")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        call.run { call.conversation.speeches.isEmpty }
        #expect(call.count { $0 == .clear } == 0)
        #expect(call.requests.count == 1)
        #expect(call.facts.contains(.backchannel(text: "Mm-hm.")))
        #expect(call.transcript.last?.hasSuffix("on Friday.") == true)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Too few unsettled words do not cut off, one settled word does")
    func minimumWords() {
        let call = speaking { $0.turn.bargeIn.minimumWords = 2 }
        #expect(!call.send(.stt(.interim("stop"))).contains(.clear))
        #expect(call.send(.stt(.final("Stop."))).first == .clear)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("An interruption that is never settled was none: the agent goes on at the first unheard word")
    func falseInterruption() {
        let call = speaking()
        let start = call.now
        call.send(.stt(.interim("uh")))
        call.run { call.facts.contains(.falseInterruption(turn: 1)) }
        #expect(call.now - start == 2_000)
        call.run { call.conversation.speeches.isEmpty }
        #expect(call.requests.count == 1)
        #expect(
            call.transcript.suffix(2) == [
                "agent: We have free --", "agent: tables on Monday. We also have some on Tuesday and on Friday.",
            ]
        )
        #expect(
            call.conversation.history.last
                == .assistant("We have free tables on Monday. We also have some on Tuesday and on Friday.")
        )
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A provider that says nothing was said lets the agent go on at once")
    func emptySettlement() {
        let call = speaking()
        call.send(.stt(.interim("uh")))
        call.run(300)
        call.send(.stt(.final("")))
        call.send(.stt(.endOfTurn(.speechFinal)))
        #expect(call.facts.contains(.falseInterruption(turn: 1)))
        #expect(!call.conversation.speeches.isEmpty)
    }

    @Test("A caller who keeps speaking keeps the agent silent")
    func longSentence() {
        let call = speaking()
        var words = "well"
        for more in ["I", "would", "say", "that", "this", "is"] {
            call.send(.stt(.interim(words)))
            words += " " + more
            call.run(1_400)
        }
        #expect(!call.facts.contains(.falseInterruption(turn: 1)))
        #expect(call.conversation.speeches.isEmpty)
        call.send(.stt(.final(words)))
        call.send(.stt(.endOfTurn(.speechFinal)))
        #expect(call.requests.count == 2)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A false interruption of a reply still being made has the model go on")
    func falseInterruptionWhileGenerating() {
        let call = CallWorld()
        call.startAndGreet()
        call.callerSays("When?")
        call.send(.llm(.text(call.conversation.lastGeneration, "We have free tables on Monday, on Tuesday and ")))
        call.run(1_500)
        call.answers = [.says("tables on Monday.")]
        call.send(.stt(.interim("uh")))
        call.run { call.requests.count == 2 }
        #expect(call.lastRequest.suffix(2) == [.assistant("We have free tables"), .user(Conversation.goOnNotice)])
        #expect(call.checker.violations.isEmpty)
    }

    @Test("An interrupted greeting is said to its end when nobody spoke")
    func interruptedGreeting() {
        let call = CallWorld()
        call.start()
        call.run(900)
        call.send(.stt(.interim("uh")))
        call.run { call.conversation.speeches.isEmpty && call.conversation.interruption == nil }
        #expect(call.transcript == ["agent: Hello, how --", "agent: can I help?"])
        #expect(call.conversation.history == [.user("[call connected]"), .assistant("Hello, how can I help?")])
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Nothing is sent of an interrupted reply, and marks that the clear returns count for nothing")
    func nothingAfterClear() {
        let call = speaking()
        call.send(.stt(.interim("stop it")))
        let heard = call.heard(Generation(2))
        call.run(1_000)
        #expect(call.heard(Generation(2)) == heard)
        #expect(!call.conversation.isAgentAudible)
        #expect(!call.facts.contains { if case .speechFinished(_, Generation(2), _) = $0 { true } else { false } })
    }
}
