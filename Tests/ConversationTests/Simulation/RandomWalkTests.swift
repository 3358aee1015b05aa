import SeededTesting
import Testing

@testable import Conversation

@Suite("Random walks")
struct RandomWalkTests {
    /// How many calls are walked through; each has its number as seed.
    static let calls: UInt64 = 2_000
    static let events = 60

    /// A world that does nothing by itself, with settings drawn by the seed.
    static func world(using generator: inout SeededGenerator) -> CallWorld {
        let isSilent = generator.oneIn(4)
        let protectsGreeting = generator.oneIn(4)
        let allowsBargeIn = !generator.oneIn(4)
        let minimumWords = generator.pick([1, 2])
        let rounds = generator.pick([1, 8])
        let history = generator.pick([100, 200_000])
        return CallWorld { settings in
            if isSilent { settings.greeting = "" }
            settings.turn.bargeIn.protectsGreeting = protectsGreeting
            settings.turn.bargeIn.isEnabled = allowsBargeIn
            settings.turn.bargeIn.minimumWords = minimumWords
            settings.limits.toolRounds = rounds
            settings.limits.historyBytes = history
            settings.tools = [
                ToolSettings(name: "find"), ToolSettings(name: "book", hasEffect: true),
                ToolSettings(name: "end_call", kind: .endCall),
                ToolSettings(name: "transfer_call", kind: .transferCall(destination: "+441632960009")),
            ]
        }
    }

    /// Walks through one call; returns what was broken.
    static func walk(seed: UInt64) -> (call: CallWorld, broken: [String]) {
        var generator = SeededGenerator(seed: seed)
        let call = world(using: &generator)
        call.isPassive = true
        call.send(generator.oneIn(2) ? .callPrepared : .streamStarted)
        call.send(.streamStarted)
        for _ in 0..<events {
            call.pass(generator.pick([0, 0, 1, 20, 100, 700, 3_000]))
            call.send(RandomInputs.input(for: call, using: &generator))
        }
        // Nobody answers any more: the call must come to its end by its own timers, after the audio it was told of.
        let start = call.now
        call.run(limit: 1_500_000) { call.conversation.isEnded }
        var broken = call.checker.violations
        if !call.conversation.isEnded { broken.append("not ended \(call.now - start) ms after the world fell silent") }
        return (call, broken)
    }

    @Test("No walk breaks a rule, and a call that nobody answers any more comes to an end")
    func walks() {
        for seed in 1...Self.calls {
            let (call, broken) = Self.walk(seed: seed)
            guard broken.isEmpty else {
                Issue.record("seed \(seed): \(broken.prefix(5).joined(separator: "; "))\n\(call.tail)")
                return
            }
        }
    }

    @Test("The same seed gives the same effects")
    func determinism() {
        for seed in [7, 77, 777] as [UInt64] {
            #expect(Self.walk(seed: seed).call.steps == Self.walk(seed: seed).call.steps)
        }
    }

    @Test("After any walk a caller who speaks is answered once the world works again")
    func recovery() {
        for seed in 1...(Self.calls / 4) {
            var generator = SeededGenerator(seed: seed)
            let call = Self.world(using: &generator)
            call.isPassive = true
            call.send(.streamStarted)
            for _ in 0..<Self.events {
                call.pass(generator.pick([0, 1, 20, 100, 700]))
                call.send(RandomInputs.input(for: call, extremes: false, using: &generator))
            }
            call.recover()
            call.answers = (0..<20).map { _ in .says("You are heard.") }
            // Whatever was going on comes to its end first.
            call.run(limit: 40_000) { call.conversation.isEnded || call.isQuiet }
            guard !call.conversation.isEnded, call.conversation.closing == nil else { continue }
            let turns = call.conversation.turn
            call.callerSays("Is there anyone at all?")
            call.run(limit: 10_000) { call.conversation.isEnded || (call.conversation.turn > turns && call.isQuiet) }
            let isAnswered = call.transcript.last == "agent: You are heard."
            if !isAnswered || !call.checker.violations.isEmpty {
                Issue.record("seed \(seed): \(call.transcript.suffix(3)) \(call.checker.violations)\n\(call.tail)")
                return
            }
        }
    }
}
