import SeededTesting
import Testing

@testable import Conversation

@Suite("Simulated calls")
struct SimulatedCallTests {
    static let calls: UInt64 = 200

    /// What a caller does next.
    private enum Act: CaseIterable {
        case speak, speakUnsettled, hesitate, listen, backchannel, noise, keys
    }

    /// What goes wrong next.
    private enum Fault: CaseIterable {
        case loseSTT, loseLLM, loseTTS, failSpeech, resumeStream, none1, none2, none3
    }

    /// One call of a caller who speaks, interrupts, waits and makes noise, in a world where things fail.
    static func call(seed: UInt64) -> CallWorld {
        var generator = SeededGenerator(seed: seed)
        let call = CallWorld { settings in
            settings.tools = [
                ToolSettings(name: "find"), ToolSettings(name: "book", hasEffect: true),
            ]
        }
        call.toolAnswers = [
            "find": .init(content: "free", latency: 300), "book": .init(content: "booked", latency: 2_500),
        ]
        call.voiceLatency = generator.pick([20, 100, 400])
        call.answers = answers(using: &generator)
        call.start()
        for _ in 0..<12 where !call.conversation.isEnded {
            act(generator.pick(Act.allCases), call, using: &generator)
            call.run(generator.pick([0, 50, 300, 900, 2_500, 6_000]))
            fail(generator.pick(Fault.allCases), call)
            call.run(generator.pick([0, 50, 300, 900]))
        }
        return call
    }

    private static func answers(using generator: inout SeededGenerator) -> [CallWorld.Answer] {
        (0..<60).map { number in
            let find = ToolCall(id: "t\(number)", name: generator.pick(["find", "book"]), inputJSON: "{}")
            return switch Int.random(in: 0..<10, using: &generator) {
            case 0: .calls([find], saying: "Let me have a look.")
            case 1: .calls([find, ToolCall(id: "u\(number)", name: "find", inputJSON: "{}")])
            case 2: .fails()
            case 3: .fails(after: "We are open")
            case 4: .says("")
            case 5: .says("It is a long way. You take the first bus to the old town and then walk.", latency: 5_000)
            default: .says("We are open from nine to five. On Sunday we are closed, sorry to say.")
            }
        }
    }

    private static func act(_ act: Act, _ call: CallWorld, using generator: inout SeededGenerator) {
        switch act {
        case .speak:
            call.callerSays(generator.pick(["When are you open?", "Book a table.", "No, wait."]))
        case .speakUnsettled:
            call.callerBegins("and then")
            call.send(.voiceActivity(.ended))
        case .hesitate:
            call.send(.stt(.final("I would like")))
        case .listen:
            break
        case .backchannel:
            call.send(.stt(.interim("mm-hm")))
            call.run(100)
            call.send(.stt(.final("Mm-hm.")))
            call.send(.stt(.endOfTurn(.speechFinal)))
        case .noise:
            call.send(.stt(.interim("shh")))
            call.run(400)
            call.send(.stt(.final("")))
            call.send(.stt(.endOfTurn(.speechFinal)))
        case .keys:
            for key in "12#" { call.send(.dtmf(key)) }
        }
    }

    private static func fail(_ fault: Fault, _ call: CallWorld) {
        let failure = Failure("unavailable")
        switch fault {
        case .loseSTT: call.send(.roleLost(.stt, failure))
        case .loseLLM: call.send(.roleLost(.llm, failure))
        case .loseTTS: call.send(.roleLost(.tts, failure))
        case .failSpeech: if let speech = call.checker.liveSpeech { call.send(.tts(.failed(speech, failure))) }
        case .resumeStream: call.send(.streamResumed)
        case .none1, .none2, .none3: break
        }
    }

    /// What the transcript claims the caller to have heard, against what was played.
    static func falseClaims(_ call: CallWorld) -> [String] {
        call.facts.compactMap { fact in
            guard case .agentSaid(_, let generation, let text, _) = fact else { return nil }
            let claimed = Milliseconds(SpokenText(text).characters * call.bytesPerCharacter / 8)
            let heard = call.heard(generation)
            // What broke off in a sentence says less than was played, never more.
            return claimed <= heard + 10 ? nil : "\(generation) \"\(text)\": \(claimed) ms, heard \(heard) ms"
        }
    }

    @Test("Every call keeps the rules, claims no more than was heard, and answers the last caller who speaks")
    func calls() {
        for seed in 1...Self.calls {
            let call = Self.call(seed: seed)
            var broken = call.checker.violations + Self.falseClaims(call)
            // Speech is played in order, one after the other.
            let order = call.played.map(\.generation)
            if order != order.sorted() { broken.append("played out of order") }
            if !call.conversation.isEnded {
                call.run(limit: 40_000) { call.conversation.isEnded || call.isQuiet }
                call.answers = [.says("You are heard.")]
                if !call.conversation.isEnded {
                    call.callerSays("Is there anyone at all?")
                    call.run(limit: 10_000) { call.isQuiet }
                    if call.transcript.last != "agent: You are heard." { broken.append("\(call.transcript.suffix(3))") }
                }
            }
            guard broken.isEmpty else {
                Issue.record("seed \(seed): \(broken.prefix(5).joined(separator: "; "))\n\(call.tail)")
                return
            }
        }
    }

    @Test("The history of a call without faults is its transcript")
    func historyIsTranscript() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let call = CallWorld()
            call.answers = (0..<20).map { .says("This is answer \($0), which is of some length. It ends.") }
            call.startAndGreet()
            for number in 0..<6 {
                call.callerSays("Question \(number)?")
                call.run(generator.pick([200, 1_000, 2_000, 3_500, 9_000]))
            }
            call.run { call.isQuiet }
            var told: [String] = []
            for message in call.conversation.history {
                for case .text(let text) in message.content where text != History.connected {
                    let lines = text.split(separator: "\n").map { $0.replacing("\(History.spokeOver) ", with: "") }
                    told += lines.map { (message.role == .user ? "caller: " : "agent: ") + $0 }
                }
            }
            #expect(told == call.transcript.map { $0.replacing(" --", with: "") })
            #expect(call.checker.violations.isEmpty)
        }
    }
}
