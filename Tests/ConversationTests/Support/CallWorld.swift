@testable import Conversation

/// A virtual shell with a virtual clock: it does what a conversation wants and tells it what comes of it.
///
/// Synthesis takes `voiceLatency` and `bytesPerCharacter`; the pacer keeps `lead` ahead of the ear in messages of
/// 100 ms; the network plays in real time and returns marks when their audio was played or cleared. The model answers
/// from `answers`, the tools from `toolAnswers`; what is not there never answers.
final class CallWorld {
    /// What the model does when it is asked the next time.
    struct Answer {
        var pieces: [String] = []
        var calls: [ToolCall] = []
        var stop = LLMEvent.StopReason.endTurn
        var failure: Failure?
        var latency: Milliseconds = 300
        var interval: Milliseconds = 20

        static func says(_ text: String, latency: Milliseconds = 300) -> Answer {
            Answer(
                pieces: text.split(separator: " ", omittingEmptySubsequences: false).enumerated().map {
                    ($0.offset == 0 ? "" : " ") + $0.element
                },
                latency: latency
            )
        }

        static func calls(_ calls: [ToolCall], saying text: String = "") -> Answer {
            Answer(pieces: text.isEmpty ? [] : [text], calls: calls, stop: .toolUse)
        }

        static func fails(after text: String = "") -> Answer {
            Answer(pieces: text.isEmpty ? [] : [text], failure: Failure("unavailable"))
        }
    }

    /// What a tool does when it is run.
    struct ToolAnswer {
        var content: String
        var isError = false
        var latency: Milliseconds = 200
    }

    /// A stretch of audio as the caller hears it.
    struct Played {
        let generation: Generation
        let start: CallTime
        var end: CallTime
        var milliseconds: Milliseconds { end - start }
    }

    /// One input and what came of it.
    struct Step: Equatable, CustomStringConvertible {
        let time: CallTime
        let input: ConversationInput
        let effects: [ConversationEffect]
        var description: String {
            let effects = effects.map { "\n        \($0)" }.joined()
            return "\(time) \(input)\(effects)".replacing("Conversation.", with: "")
        }
    }

    private enum Event {
        case input(ConversationInput)
        case audio(Generation, Int)
        case mark(String)
        case pump
    }

    private struct Scheduled {
        let time: CallTime
        let order: Int
        let event: Event
    }

    static let markLatency: Milliseconds = 30
    static let message = 800

    var conversation: Conversation
    var checker: InvariantChecker
    private(set) var now = CallTime.zero
    private(set) var effects: [(time: CallTime, effect: ConversationEffect)] = []
    private(set) var played: [Played] = []
    private(set) var steps: [Step] = []

    var answers: [Answer] = []
    var toolAnswers: [String: ToolAnswer] = [:]
    var bytesPerCharacter = 640
    var voiceLatency: Milliseconds = 100
    var voiceIsThere = true
    var returnsMarks = true
    var sendsMedia = true
    var reopens = true
    /// Nothing happens but what the test sends, and timers.
    var isPassive = false {
        didSet { if isPassive { queue = [] } }
    }
    let lead: Milliseconds = 2_000

    private var queue: [Scheduled] = []
    private var order = 0
    private var unsent: [(generation: Generation, bytes: Int)] = []
    private var bufferEnd = CallTime.zero
    private var speech: Generation?
    private var speechReady = CallTime.zero
    private var pieces: [String] = []
    private var everLost: Set<Role> = []

    init(_ change: (inout ConversationSettings) -> Void = { _ in }) {
        var settings = ConversationSettings(callID: "CA1")
        settings.greeting = "Hello, how can I help?"
        change(&settings)
        conversation = Conversation(settings: settings)
        checker = InvariantChecker(settings: settings)
    }

    /// The last steps, for reading.
    var tail: String { steps.suffix(30).map(\.description).joined(separator: "\n") }

    // MARK: - What a script says

    /// The call comes in and media flows.
    func start() {
        send(.callPrepared)
        run(100)
        send(.streamStarted)
    }

    /// The call comes in and the greeting is heard.
    func startAndGreet() {
        start()
        run { self.conversation.speeches.isEmpty }
    }

    /// Gives an input now.
    @discardableResult
    func send(_ input: ConversationInput) -> [ConversationEffect] {
        let results = conversation.handle(input, at: now)
        steps.append(Step(time: now, input: input, effects: results))
        checker.step(input, results, conversation, at: now)
        if case .roleLost(let role, _) = input { lost(role) }
        if case .tts(.failed(let generation, _)) = input, speech == generation {
            unschedule { Self.voice($0) == generation }
            speech = nil
        }
        for effect in results {
            effects.append((now, effect))
            if !isPassive { perform(effect) }
        }
        if !isPassive { pump() }
        return results
    }

    /// The caller says words, which are settled and end the turn.
    func callerSays(_ words: String) {
        callerBegins(words)
        run(200)
        send(.stt(.final(words)))
        send(.voiceActivity(.ended))
        send(.stt(.endOfTurn(.speechFinal)))
    }

    /// The caller says words that are not settled yet.
    func callerBegins(_ words: String) {
        send(.voiceActivity(.started))
        send(.stt(.interim(words)))
    }

    /// Lets time pass.
    func run(_ milliseconds: Milliseconds) {
        let end = now + milliseconds
        while step(until: end) {}
        now = max(now, end)
    }

    /// Lets time pass until something is so, at most for a minute.
    func run(limit: Milliseconds = 60_000, until isSo: () -> Bool) {
        let end = now + limit
        while !isSo() {
            guard step(until: end) else { return }
        }
    }

    /// Lets time pass without anything happening.
    func pass(_ milliseconds: Milliseconds) {
        now = now + milliseconds
    }

    /// Everything that the future depends on.
    struct State {
        let conversation: Conversation
        let checker: InvariantChecker
        let now: CallTime
        let steps: [Step]
    }

    /// Keeps the state of a passive world.
    func saved() -> State {
        State(conversation: conversation, checker: checker, now: now, steps: steps)
    }

    /// Goes back to a state of a passive world.
    func restore(_ state: State) {
        conversation = state.conversation
        checker = state.checker
        now = state.now
        steps = state.steps
        effects = []
    }

    /// A passive world begins to do what is wanted of it, also of what was wanted before.
    func recover() {
        isPassive = false
        if let generation = checker.liveGeneration {
            schedule(.input(.llm(.failed(generation, Failure("x")))), at: now)
        }
        if let generation = checker.liveSpeech { schedule(.input(.tts(.failed(generation, Failure("x")))), at: now) }
        for running in conversation.tools.running {
            schedule(.input(.toolResult(id: running.call.id, content: "late", isError: false)), at: now)
        }
        for role in Role.allCases where conversation.roles.isLost(role) {
            everLost.insert(role)
            schedule(.input(.roleRegained(role)), at: now)
        }
        for segment in conversation.ledger.segments {
            let left = segment.received - segment.sent
            if left > 0 { unsent.append((segment.generation, left)) }
            for mark in segment.marks { schedule(.mark("\(segment.generation):m\(mark.serial)"), at: now) }
        }
        pump()
    }

    /// Whether nobody says anything and nothing is being made.
    var isQuiet: Bool {
        conversation.speeches.isEmpty && conversation.reply == nil && conversation.interruption == nil
            && !conversation.endOfTurn.hasWords && !conversation.digits.isCollecting
            && conversation.closing == nil
    }

    // MARK: - What a script asks

    /// The last history the model was given.
    var lastRequest: [Message] { requests.last ?? [] }

    /// All histories the model was given.
    var requests: [[Message]] {
        effects.compactMap { if case .generate(_, let messages) = $0.effect { messages } else { nil } }
    }

    /// What was recorded.
    var facts: [Fact] {
        effects.compactMap { if case .record(let fact) = $0.effect { fact } else { nil } }
    }

    /// The transcript of both sides as facts tell it.
    var transcript: [String] {
        facts.compactMap { fact in
            switch fact {
            case .turnCommitted(_, let text, _, _): "caller: \(text)"
            case .agentSaid(_, _, let text, let interrupted): "agent: \(text)\(interrupted ? " --" : "")"
            default: nil
            }
        }
    }

    /// How often such an effect was wanted.
    func count(_ isSuch: (ConversationEffect) -> Bool) -> Int {
        effects.count { isSuch($0.effect) }
    }

    /// When such an effect was wanted first.
    func time(of isSuch: (ConversationEffect) -> Bool) -> CallTime? {
        effects.first { isSuch($0.effect) }?.time
    }

    /// How the call ended.
    var end: EndReason? {
        facts.compactMap { if case .callEnded(let reason, _) = $0 { reason } else { nil } }.last
    }

    /// How long the caller heard a generation.
    func heard(_ generation: Generation) -> Milliseconds {
        played.filter { $0.generation == generation }.reduce(0) { $0 + max(min($1.end, now) - $1.start, 0) }
    }

    // MARK: - The world

    /// Makes the earliest thing happen, if any is due before this time.
    private func step(until end: CallTime) -> Bool {
        let timer = checker.timers.min { one, other in
            one.value == other.value ? "\(one.key)" < "\(other.key)" : one.value < other.value
        }
        let next = queue.min { ($0.time, $0.order) < ($1.time, $1.order) }
        if let timer, timer.value <= end, next.map({ timer.value < $0.time }) ?? true {
            now = max(now, timer.value)
            send(.timer(timer.key))
            return true
        }
        guard let next, next.time <= end else { return false }
        queue.removeAll { $0.order == next.order }
        now = max(now, next.time)
        switch next.event {
        case .input(let input): send(input)
        case .mark(let name): send(.mark(name: name))
        case .audio(let generation, let bytes):
            if speech == generation { unsent.append((generation, bytes)) }
            send(.tts(.audio(generation, bytes: bytes)))
        case .pump: pump()
        }
        return true
    }

    private func schedule(_ event: Event, at time: CallTime) {
        order += 1
        queue.append(Scheduled(time: time, order: order, event: event))
    }

    private func perform(_ effect: ConversationEffect) {
        switch effect {
        case .generate(let generation, _): answer(generation)
        case .cancelGeneration(let generation): unschedule { Self.model($0) == generation }
        case .beginSpeech(let generation): beginSpeech(generation)
        case .playPrepared(let generation, let sentence):
            beginSpeech(generation)
            speak(conversation.settings.text(of: sentence), generation)
            endSpeech(generation)
        case .speakText(let generation, let text): speak(text, generation)
        case .endSpeech(let generation): endSpeech(generation)
        case .cancelSpeech(let generation): dropSpeech(generation)
        case .clear: clear()
        case .mark(let name):
            if returnsMarks { schedule(.mark(name), at: max(bufferEnd, now) + Self.markLatency) }
        case .runTool(let call, _):
            if let answer = toolAnswers[call.name] {
                let input = ConversationInput.toolResult(id: call.id, content: answer.content, isError: answer.isError)
                schedule(.input(input), at: now + answer.latency)
            }
        case .openSession(let role):
            if everLost.contains(role), reopens { schedule(.input(.roleRegained(role)), at: now + 500) }
        case .hangUp, .transfer: queue = []
        case .closeSession, .finalizeTranscript, .setTimer, .cancelTimer, .record: break
        }
    }

    private func answer(_ generation: Generation) {
        guard !answers.isEmpty else { return }
        let answer = answers.removeFirst()
        var time = now + answer.latency
        for piece in answer.pieces {
            schedule(.input(.llm(.text(generation, piece))), at: time)
            time = time + answer.interval
        }
        for call in answer.calls { schedule(.input(.llm(.toolCall(generation, call))), at: time) }
        if let failure = answer.failure {
            schedule(.input(.llm(.failed(generation, failure))), at: time)
        } else {
            schedule(.input(.llm(.ended(generation, answer.stop))), at: time)
        }
    }

    private func beginSpeech(_ generation: Generation) {
        speech = generation
        speechReady = now + voiceLatency
    }

    private func speak(_ text: String, _ generation: Generation) {
        guard voiceIsThere else { return }
        speechReady = max(speechReady, now)
        let bytes = SpokenText(text).characters * bytesPerCharacter
        if bytes > 0 { schedule(.audio(generation, bytes), at: speechReady) }
        schedule(.input(.tts(.segment(generation, text: text))), at: speechReady)
    }

    private func endSpeech(_ generation: Generation) {
        guard voiceIsThere else { return }
        schedule(.input(.tts(.ended(generation))), at: max(speechReady, now) + 10)
    }

    private func dropSpeech(_ generation: Generation) {
        unschedule { Self.voice($0) == generation }
        unsent.removeAll { $0.generation == generation }
        if speech == generation { speech = nil }
    }

    private func lost(_ role: Role) {
        everLost.insert(role)
        switch role {
        case .stt: break
        case .llm: unschedule { Self.model($0) != nil }
        case .tts: unschedule { Self.voice($0) != nil }
        }
    }

    private func clear() {
        unsent = []
        speech = nil
        bufferEnd = min(bufferEnd, now)
        played = played.filter { $0.start < now }
        if let last = played.indices.last { played[last].end = min(played[last].end, now) }
        let marks = queue.filter { if case .mark = $0.event { true } else { false } }
        queue.removeAll { if case .mark = $0.event { true } else { false } }
        for mark in marks { schedule(mark.event, at: now + Self.markLatency) }
    }

    /// Hands audio over as far as the lead allows.
    private func pump() {
        guard sendsMedia else { return }
        while let first = unsent.first, bufferEnd <= now + lead {
            let bytes = min(first.bytes, Self.message)
            if bytes == first.bytes { unsent.removeFirst() } else { unsent[0].bytes -= bytes }
            let start = max(bufferEnd, now)
            bufferEnd = start + Milliseconds(bytes / 8)
            played.append(Played(generation: first.generation, start: start, end: bufferEnd))
            send(.mediaSent(first.generation, bytes: bytes))
        }
        let isWaiting = queue.contains { if case .pump = $0.event { true } else { false } }
        if !unsent.isEmpty, !isWaiting { schedule(.pump, at: bufferEnd - lead) }
    }

    private func unschedule(_ isSuch: (Event) -> Bool) {
        queue.removeAll { isSuch($0.event) }
    }

    private static func model(_ event: Event) -> Generation? {
        guard case .input(.llm(let event)) = event else { return nil }
        return switch event {
        case .began(let generation), .text(let generation, _), .toolCall(let generation, _): generation
        case .ended(let generation, _), .failed(let generation, _): generation
        }
    }

    private static func voice(_ event: Event) -> Generation? {
        switch event {
        case .audio(let generation, _), .input(.tts(.segment(let generation, _))), .input(.tts(.ended(let generation))):
            generation
        default: nil
        }
    }
}
