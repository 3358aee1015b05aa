import SeededTesting

@testable import Conversation

/// Makes inputs at random, with numbers, ids and marks that exist or once existed.
struct RandomInputs {
    static let words = ["", "yes", "okay", "mm-hm", "no wait", "book a table for two", "bye", "thank you"]
    static let failures = [Failure("unavailable"), Failure("rejected", isPermanent: true)]

    /// One input that makes at least some sense in this conversation.
    static func input(for call: CallWorld, extremes: Bool = true, using generator: inout SeededGenerator)
        -> ConversationInput
    {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<22: stt(using: &generator)
        case 22..<42: llm(for: call, using: &generator)
        case 42..<62: tts(for: call, extremes, using: &generator)
        case 62..<72: .mediaSent(speech(of: call, using: &generator), bytes: bytes(extremes, using: &generator))
        case 72..<79: .mark(name: mark(of: call, using: &generator))
        case 79..<82: .dtmf(generator.pick(["1", "2", "#", "x"]))
        case 82..<90: timer(of: call, using: &generator)
        case 90..<94: toolResult(of: call, using: &generator)
        case 94..<97: role(using: &generator)
        default: rare(using: &generator)
        }
    }

    private static func stt(using generator: inout SeededGenerator) -> ConversationInput {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1: .stt(.interim(generator.pick(words)))
        case 2, 3: .stt(.final(generator.pick(words)))
        case 4, 5: .stt(.endOfTurn(generator.pick([.speechFinal, .utteranceEnd, .finalize])))
        case 6: .voiceActivity(.started)
        default: .voiceActivity(.ended)
        }
    }

    private static func llm(for call: CallWorld, using generator: inout SeededGenerator) -> ConversationInput {
        let stale = Generation(UInt32.random(in: 0...9, using: &generator))
        let generation = generator.oneIn(8) ? stale : call.checker.liveGeneration ?? stale
        return switch Int.random(in: 0..<8, using: &generator) {
        case 0: .llm(.began(generation))
        case 1, 2: .llm(.text(generation, generator.pick(["", " ", "Hello", " there.", " How are you?"])))
        case 3, 4: .llm(.toolCall(generation, toolCall(using: &generator)))
        case 5, 6:
            .llm(
                .ended(
                    generation,
                    generator.pick([.endTurn, .toolUse, .maximumTokens, .refusal, .contextExceeded, .other("?")])
                )
            )
        default: .llm(.failed(generation, generator.pick(failures)))
        }
    }

    private static func toolCall(using generator: inout SeededGenerator) -> ToolCall {
        let names = ["find", "book", "find", "book", "fly", "end_call", "transfer_call"]
        return ToolCall(id: generator.pick(["", "a", "b", "c", "ü"]), name: generator.pick(names), inputJSON: "")
    }

    private static func tts(for call: CallWorld, _ extremes: Bool, using generator: inout SeededGenerator)
        -> ConversationInput
    {
        let speech = speech(of: call, using: &generator)
        return switch Int.random(in: 0..<8, using: &generator) {
        case 0: .tts(.began(speech))
        case 1, 2, 3: .tts(.audio(speech, bytes: bytes(extremes, using: &generator)))
        case 4: .tts(.segment(speech, text: generator.pick(["", "Hello", "Hello there."])))
        case 5, 6: .tts(.ended(speech))
        default: .tts(.failed(speech, generator.pick(failures)))
        }
    }

    private static func speech(of call: CallWorld, using generator: inout SeededGenerator) -> Generation {
        let stale = Generation(UInt32.random(in: 0...9, using: &generator))
        if generator.oneIn(8) { return stale }
        if generator.oneIn(2), let live = call.checker.liveSpeech { return live }
        let segments = call.conversation.ledger.segments
        return segments.isEmpty ? stale : generator.pick(segments).generation
    }

    private static func bytes(_ extremes: Bool, using generator: inout SeededGenerator) -> Int {
        extremes && generator.oneIn(20)
            ? generator.pick([-1, 0, .max, .min]) : generator.pick([160, 800, 3_200, 8_000])
    }

    private static func mark(of call: CallWorld, using generator: inout SeededGenerator) -> String {
        let pending = call.conversation.ledger.segments.flatMap { segment in
            segment.marks.map { "\(segment.generation):m\($0.serial)" }
        }
        if pending.isEmpty || generator.oneIn(8) { return generator.pick(["g1:m1", "g2:m3", "x", "g:m"]) }
        return generator.pick(pending)
    }

    private static func timer(of call: CallWorld, using generator: inout SeededGenerator) -> ConversationInput {
        let running = call.conversation.timers.running.filter { $0 != .maximumDuration || generator.oneIn(50) }
        let any: [TimerID] = [
            .backstop, .reply, .speech, .playback, .closing, .tool("a"), .reopen(.tts), .roleAway(.llm),
        ]
        return .timer(running.isEmpty || generator.oneIn(8) ? generator.pick(any) : generator.pick(running))
    }

    private static func toolResult(
        of call: CallWorld,
        using generator: inout SeededGenerator
    ) -> ConversationInput {
        let running = call.conversation.tools.running.map(\.call.id)
        let id = running.isEmpty || generator.oneIn(8) ? generator.pick(["a", "b", "a-2"]) : generator.pick(running)
        return .toolResult(id: id, content: generator.pick(["", "free", "booked"]), isError: generator.oneIn(4))
    }

    private static func role(using generator: inout SeededGenerator) -> ConversationInput {
        let role = generator.pick(Role.allCases)
        return generator.oneIn(2) ? .roleRegained(role) : .roleLost(role, generator.pick(failures))
    }

    private static func rare(using generator: inout SeededGenerator) -> ConversationInput {
        switch Int.random(in: 0..<40, using: &generator) {
        case 0: .stopped(.callerHungUp)
        case 1: .operatorHangUp
        case 2...5: .streamResumed
        case 6: .callPrepared
        case 7: .streamStarted
        default: .stt(.speechStarted)
        }
    }
}
