import Testing

@testable import Conversation

@Suite("Replies of the model")
struct ReplyTests {
    /// A call in which the caller has just asked something.
    func asked(_ answers: [CallWorld.Answer], _ change: (inout ConversationSettings) -> Void = { _ in }) -> CallWorld {
        let call = CallWorld(change)
        call.answers = answers
        call.startAndGreet()
        call.callerSays("When?")
        return call
    }

    func finish(_ call: CallWorld) {
        call.run { call.conversation.speeches.isEmpty && call.conversation.reply == nil }
    }

    @Test("Words go to the synthesis as they come")
    func streaming() {
        let call = asked([])
        let generation = call.conversation.lastGeneration
        call.send(.llm(.began(generation)))
        #expect(!call.send(.llm(.text(generation, " "))).contains(.beginSpeech(generation)))
        let effects = call.send(.llm(.text(generation, " On")))
        #expect(effects.contains(.beginSpeech(generation)))
        #expect(effects.contains(.speakText(generation, "On")))
        #expect(call.send(.llm(.text(generation, " Mon"))).contains(.speakText(generation, " Mon")))
        #expect(call.send(.llm(.text(generation, ""))).isEmpty)
        #expect(call.send(.llm(.ended(generation, .endTurn))).contains(.endSpeech(generation)))
        finish(call)
        #expect(call.conversation.history.last == .assistant("On Mon"))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A failure before any words is tried once more, then apologised for")
    func failures() {
        let once = asked([.fails(), .says("Monday.")])
        finish(once)
        #expect(once.transcript.last == "agent: Monday.")
        #expect(once.requests.count == 2)
        let twice = asked([.fails(), .fails()])
        finish(twice)
        #expect(twice.transcript.last == "agent: I'm sorry, something went wrong. Please say that again.")
        #expect(twice.requests.count == 2)
        // The next turn has its own retry.
        twice.answers = [.fails(), .says("Monday.")]
        twice.callerSays("When?")
        finish(twice)
        #expect(twice.transcript.last == "agent: Monday.")
        for call in [once, twice] { #expect(call.checker.violations.isEmpty) }
    }

    @Test("A failure after words were heard keeps them and adds nothing")
    func failureAfterWords() {
        let call = asked([])
        let generation = call.conversation.lastGeneration
        call.send(.llm(.text(generation, "We are open on Monday and")))
        call.run(500)
        call.send(.llm(.failed(generation, Failure("unavailable"))))
        finish(call)
        #expect(call.requests.count == 1)
        #expect(call.transcript.last == "agent: We are open on Monday and")
        #expect(call.conversation.history.last == .assistant("We are open on Monday and"))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A failure after words of which no audio came is tried again")
    func failureBeforeAudio() {
        let call = asked([.fails(after: "We are"), .says("Monday.")])
        finish(call)
        #expect(call.conversation.history.last == .assistant("Monday."))
        #expect(call.transcript.last == "agent: Monday.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A model that stops answering is given up and asked again")
    func stalled() {
        let call = asked([])
        let start = call.now
        call.run { call.requests.count == 2 }
        #expect(call.now - start == 15_000)
        call.answers = []
        finish(call)
        #expect(call.transcript.last == "agent: I'm sorry, something went wrong. Please say that again.")
        #expect(call.checker.violations.isEmpty)
    }

    @Test("An empty reply is asked for once more with a word, then apologised for")
    func empty() {
        let nudged = asked([.says(""), .says("Monday.")])
        finish(nudged)
        #expect(nudged.lastRequest.last == .user("When?\n\(Conversation.nudge)"))
        #expect(nudged.transcript.last == "agent: Monday.")
        let never = asked([.says(" "), .says("")])
        finish(never)
        #expect(never.transcript.last == "agent: I'm sorry, something went wrong. Please say that again.")
        for call in [nudged, never] { #expect(call.checker.violations.isEmpty) }
    }

    @Test("Words behind a synthesis that ended too soon become a speech of their own, also after a broken stream")
    func endedTooSoon() {
        let call = asked([])
        let generation = call.conversation.lastGeneration
        call.send(.llm(.text(generation, "We open at nine.")))
        call.run(200)
        call.send(.tts(.ended(generation)))
        call.send(.streamResumed)
        #expect(call.conversation.speeches.map(\.text.text) == ["We open at nine."])
        let effects = call.send(.llm(.text(generation, " And close at five.")))
        #expect(!effects.contains { if case .speakText = $0 { true } else { false } })
        call.send(.llm(.ended(generation, .endTurn)))
        finish(call)
        #expect(call.transcript.suffix(2) == ["agent: We open at nine.", "agent: And close at five."])
        #expect(call.conversation.history.last == .assistant("We open at nine. And close at five."))
        #expect(call.checker.violations.isEmpty)
    }

    @Test("A refusal takes back what was said and says a fixed sentence")
    func refusal() {
        var answer = CallWorld.Answer.says("Well, first you take the")
        answer.stop = .refusal
        let silent = asked([answer])
        finish(silent)
        #expect(silent.transcript.last == "agent: I'm sorry, I can't help with that.")
        #expect(
            silent.conversation.history.suffix(2) == [.user("When?"), .assistant("I'm sorry, I can't help with that.")]
        )
        let audible = asked([])
        let generation = audible.conversation.lastGeneration
        audible.send(.llm(.text(generation, "Well, first you take the knife")))
        audible.run(1_000)
        #expect(audible.send(.llm(.ended(generation, .refusal))).first == .clear)
        finish(audible)
        #expect(audible.conversation.history.last == .assistant("I'm sorry, I can't help with that."))
        for call in [silent, audible] { #expect(call.checker.violations.isEmpty) }
    }

    @Test("A reply cut by the token limit is said as far as it goes")
    func maximumTokens() {
        var answer = CallWorld.Answer.says("One, two,")
        answer.stop = .maximumTokens
        let call = asked([answer])
        finish(call)
        #expect(call.transcript.last == "agent: One, two,")
        #expect(call.requests.count == 1)
    }

    @Test("A history too long for the model is shortened and sent again")
    func contextExceeded() {
        var answer = CallWorld.Answer.says("")
        answer.stop = .contextExceeded
        let call = asked([answer, .says("Monday.")]) { $0.limits.historyBytes = 16 }
        finish(call)
        #expect(call.lastRequest == [.user("When?\n\(Conversation.nudge)")])
        #expect(call.transcript.last == "agent: Monday.")
    }

    @Test("A filler is said while the reply takes long, and is no part of the history")
    func filler() {
        let call = asked([.says("Monday.", latency: 9_500)])
        let start = call.now
        finish(call)
        #expect(
            call.transcript.suffix(3) == ["agent: One moment, please.", "agent: One moment, please.", "agent: Monday."]
        )
        #expect(call.time { $0 == .record(.fillerSaid(turn: 1)) }.map { $0 - start } == 4_000)
        #expect(call.conversation.history.last == .assistant("Monday."))
        // The filler took a number, so the reply's speech takes a later one than its request.
        #expect(call.count { if case .beginSpeech(Generation(5)) = $0 { true } else { false } } == 1)
        #expect(call.checker.violations.isEmpty)
    }

    @Test("Facts tell the way of a turn from the last word to the ear")
    func waterfall() {
        let call = asked([.says("On Monday.")])
        finish(call)
        let generation = Generation(2)
        let expected: [Fact] = [
            .replyRequested(turn: 1, generation, attempt: 1, round: 1), .firstToken(turn: 1, generation),
            .firstText(turn: 1, generation), .firstAudio(turn: 1, generation), .firstMedia(turn: 1, generation),
            .replyEnded(turn: 1, generation, .endTurn), .firstHeard(turn: 1, generation),
            .agentSaid(turn: 1, generation, text: "On Monday.", interrupted: false),
            .speechFinished(turn: 1, generation, confirmed: true),
        ]
        let facts = call.facts.drop { if case .turnCommitted = $0 { false } else { true } }.dropFirst()
        #expect(Set(facts.map { "\($0)" }) == Set(expected.map { "\($0)" }))
        let firstFive = facts.prefix(4)
        #expect(
            Array(firstFive) == Array(expected.prefix(3)) + [.replyEnded(turn: 1, generation, .endTurn)]
                || Array(firstFive) == Array(expected.prefix(4))
        )
    }
}
