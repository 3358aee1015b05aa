import Testing

@testable import Conversation

@Suite("Every two inputs from every state")
struct PairTests {
    /// A state that calls are in often, and how to get there.
    struct State: Sendable, CustomTestStringConvertible {
        let name: String
        let reach: @Sendable (CallWorld) -> Void
        var testDescription: String { name }
    }

    static let find = ToolCall(id: "t1", name: "find", inputJSON: "{}")
    static let book = ToolCall(id: "t2", name: "book", inputJSON: "{}")
    static let end = ToolCall(id: "t3", name: "end_call", inputJSON: "{}")

    static func ask(_ call: CallWorld) {
        call.startAndGreet()
        call.callerSays("When?")
    }

    static func say(_ text: String, _ call: CallWorld) {
        call.send(.llm(.text(call.conversation.lastGeneration, text)))
    }

    static let states = [
        State(name: "nothing has happened") { _ in },
        State(name: "prepared") { $0.send(.callPrepared) },
        State(name: "greeting, not audible") { $0.start() },
        State(name: "greeting") { call in
            call.start()
            call.run(900)
        },
        State(name: "listening") { $0.startAndGreet() },
        State(name: "hearing unsettled words") { call in
            call.startAndGreet()
            call.callerBegins("book a")
        },
        State(name: "waiting for settlement") { call in
            call.startAndGreet()
            call.send(.stt(.interim("book a")))
            call.run { call.count { $0 == .finalizeTranscript } > 0 }
        },
        State(name: "thinking") { ask($0) },
        State(name: "thinking with words not audible yet") { call in
            ask(call)
            say("We are open", call)
        },
        State(name: "speaking while thinking") { call in
            ask(call)
            say("We are open from nine. And then ", call)
            call.run(900)
        },
        State(name: "speaking") { call in
            call.answers = [.says("We are open from nine to five on every day.")]
            ask(call)
            call.run { call.conversation.isAgentAudible }
            call.run(800)
        },
        State(name: "filling") { call in
            ask(call)
            call.run { call.facts.contains(.fillerSaid(turn: 1)) }
            call.run(300)
        },
        State(name: "tools at work") { call in
            call.answers = [.calls([find, book], saying: "Let me see.")]
            ask(call)
            call.run { !call.conversation.tools.isIdle }
            call.run(400)
        },
        State(name: "interrupted in a reply") { call in
            ask(call)
            say("We are open from nine. And then ", call)
            call.run(900)
            call.send(.stt(.interim("stop")))
        },
        State(name: "interrupted with tools at work") { call in
            call.answers = [.calls([find, book], saying: "Let me see.")]
            ask(call)
            call.run { !call.conversation.tools.isIdle }
            call.run(400)
            call.send(.stt(.interim("stop")))
        },
        State(name: "keys") { call in
            call.startAndGreet()
            call.send(.dtmf("1"))
        },
        State(name: "saying goodbye") { call in
            call.answers = [.calls([end], saying: "Goodbye and thank you.")]
            ask(call)
            call.run { call.conversation.closing != nil }
            call.run(300)
        },
        State(name: "saying goodbye for good") { call in
            call.startAndGreet()
            call.send(.operatorHangUp)
            call.run(300)
        },
        State(name: "asking a silent caller") { call in
            call.startAndGreet()
            call.run { call.facts.contains(.noInput(count: 1)) }
            call.run(300)
        },
        State(name: "without a model") { call in
            ask(call)
            call.send(.roleLost(.llm, Failure("unavailable")))
        },
        State(name: "without a voice") { call in
            ask(call)
            say("We are open from nine. And then ", call)
            call.run(300)
            call.send(.roleLost(.tts, Failure("unavailable")))
        },
        State(name: "without ears") { call in
            call.startAndGreet()
            call.send(.roleLost(.stt, Failure("unavailable")))
        },
        State(name: "ended") { call in
            call.startAndGreet()
            call.send(.stopped(.callerHungUp))
        },
    ]

    /// Every kind of input, with the numbers and ids that are alive, and a stale one.
    static func inputs(_ call: CallWorld) -> [ConversationInput] {
        let model = call.checker.liveGeneration ?? Generation(1)
        let speech = call.checker.liveSpeech ?? call.conversation.ledger.front?.generation ?? Generation(1)
        let stale = Generation(0)
        let mark = call.conversation.ledger.segments.last.flatMap { segment in
            segment.marks.last.map { "\(segment.generation):m\($0.serial)" }
        }
        let failure = Failure("unavailable")
        let inputs: [ConversationInput] = [
            .callPrepared, .streamStarted, .streamResumed, .voiceActivity(.started), .voiceActivity(.ended),
            .stt(.interim("no wait")), .stt(.interim("okay")), .stt(.interim("")), .stt(.final("No, wait.")),
            .stt(.final("Okay.")), .stt(.final("")), .stt(.speechStarted), .stt(.endOfTurn(.speechFinal)),
            .llm(.began(model)), .llm(.text(model, "Yes. ")), .llm(.text(stale, "never")), .llm(.toolCall(model, find)),
            .llm(.toolCall(model, end)), .llm(.ended(model, .endTurn)), .llm(.ended(model, .toolUse)),
            .llm(.ended(model, .refusal)), .llm(.failed(model, failure)),
            .toolResult(id: "t1", content: "free", isError: false),
            .toolResult(id: "t2", content: "booked", isError: false),
            .tts(.began(speech)), .tts(.audio(speech, bytes: 1_600)), .tts(.audio(stale, bytes: 1_600)),
            .tts(.segment(speech, text: "We are")), .tts(.ended(speech)), .tts(.failed(speech, failure)),
            .mediaSent(speech, bytes: 800), .mediaSent(stale, bytes: 800), .mark(name: mark ?? "g1:m1"),
            .mark(name: "?"), .dtmf("5"), .dtmf("#"), .operatorHangUp, .stopped(.callerHungUp),
        ]
        let roles = Role.allCases.flatMap { [ConversationInput.roleLost($0, failure), .roleRegained($0)] }
        return inputs + roles + call.conversation.timers.running.map(ConversationInput.timer)
    }

    @Test("No pair breaks a rule, and a call that nobody answers then comes to an end", arguments: states)
    func pairs(state: State) {
        let call = CallWorld { settings in
            settings.tools = [
                ToolSettings(name: "find"), ToolSettings(name: "book", hasEffect: true),
                ToolSettings(name: "end_call", kind: .endCall),
            ]
        }
        state.reach(call)
        #expect(call.checker.violations.isEmpty)
        call.isPassive = true
        let start = call.saved()
        for first in Self.inputs(call) {
            call.restore(start)
            call.send(first)
            let middle = call.saved()
            for second in Self.inputs(call) {
                call.restore(middle)
                call.pass(40)
                call.send(second)
                call.run(limit: 600_000) { call.conversation.isEnded }
                var broken = call.checker.violations
                let isIdle = call.conversation.phase == .idle || call.conversation.phase == .prepared
                if !call.conversation.isEnded, !isIdle { broken.append("not ended after ten minutes") }
                if !broken.isEmpty {
                    Issue.record(
                        "\(first), then \(second): \(broken)\n\(call.tail)"
                    )
                    return
                }
            }
        }
    }
}
