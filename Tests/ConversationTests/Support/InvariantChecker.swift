@testable import Conversation

/// Watches a conversation from outside and notes every broken rule.
struct InvariantChecker {
    /// What was broken, in words.
    private(set) var violations: [String] = []

    private(set) var openRoles: Set<Role> = []
    private(set) var lostRoles: Set<Role> = []
    private(set) var timers: [TimerID: CallTime] = [:]
    private(set) var liveGeneration: Generation?
    private(set) var liveSpeech: Generation?
    private(set) var runningTools: Set<String> = []
    private(set) var isEnded = false

    private var speechIsPrepared = false
    private var speechIsClosed = false
    private var lastGenerated = Generation(0)
    private var lastSpoken = Generation(0)
    private var cleared = Generation(0)
    private var marks: Set<String> = []
    private var ranTools: Set<String> = []
    private var expectsSilence: Bool
    private var now = CallTime.zero

    /// Watches a call with these settings.
    init(settings: ConversationSettings) {
        expectsSilence = settings.turn.noInput == nil
    }

    /// One step was made.
    mutating func step(
        _ input: ConversationInput,
        _ effects: [ConversationEffect],
        _ conversation: Conversation,
        at now: CallTime
    ) {
        self.now = now
        if isEnded, !effects.isEmpty { fail("effects after the end: \(effects)") }
        observe(input)
        for (index, effect) in effects.enumerated() {
            if effect == .clear, index != 0 { fail("clear is not the first effect") }
            if isEnded { fail("\(effect) after the call ended") }
            observe(effect, at: now)
        }
        checkEnd(conversation)
        if !effects.isEmpty { checkHistory(conversation.history, isRequest: false) }
        checkLiveness(conversation)
    }

    private mutating func observe(_ input: ConversationInput) {
        switch input {
        case .llm(.ended(let generation, _)), .llm(.failed(let generation, _)):
            if generation == liveGeneration { liveGeneration = nil }
        case .tts(.ended(let generation)), .tts(.failed(let generation, _)):
            if generation == liveSpeech { liveSpeech = nil }
        case .toolResult(let id, _, _):
            runningTools.remove(id)
        case .timer(let id):
            if case .tool(let tool) = id, timers[id] != nil { runningTools.remove(tool) }
            timers[id] = nil
        case .roleLost(let role, _) where openRoles.contains(role):
            openRoles.remove(role)
            lostRoles.insert(role)
            if role == .llm {
                liveGeneration = nil
                runningTools = []
            }
            if role == .tts, !speechIsPrepared { liveSpeech = nil }
        case .roleRegained(let role):
            lostRoles.remove(role)
        default:
            break
        }
    }

    private mutating func observe(_ effect: ConversationEffect, at now: CallTime) {
        switch effect {
        case .openSession(let role):
            if !openRoles.insert(role).inserted { fail("\(role) opened twice") }
        case .closeSession(let role):
            if openRoles.remove(role) == nil { fail("\(role) closed though not open") }
        case .generate(let generation, let messages):
            if let liveGeneration { fail("\(generation) asked for while \(liveGeneration) is live") }
            if generation <= lastGenerated { fail("generation \(generation) after \(lastGenerated)") }
            if !runningTools.isEmpty { fail("a reply is asked for while tools run: \(runningTools)") }
            liveGeneration = generation
            lastGenerated = generation
            checkHistory(messages, isRequest: true)
        case .cancelGeneration(let generation):
            if liveGeneration != generation { fail("\(generation) cancelled though not live") }
            liveGeneration = nil
        case .beginSpeech(let generation): speechBegan(generation, isPrepared: false)
        case .playPrepared(let generation, _): speechBegan(generation, isPrepared: true)
        case .speakText(let generation, let text):
            if liveSpeech != generation || speechIsPrepared || speechIsClosed { fail("text for \(generation)") }
            if text.isEmpty { fail("empty text for \(generation)") }
        case .endSpeech(let generation):
            if liveSpeech != generation || speechIsPrepared || speechIsClosed { fail("end of \(generation)") }
            speechIsClosed = true
        case .cancelSpeech(let generation):
            if liveSpeech != generation { fail("\(generation) cancelled though not being synthesised") }
            liveSpeech = nil
        case .clear:
            cleared = lastSpoken
        case .mark(let name):
            if !marks.insert(name).inserted { fail("mark \(name) twice") }
            if name.utf8.count > 64 { fail("mark \(name) is too long") }
            if let (generation, _) = PlaybackLedger.parse(name) {
                if generation <= cleared { fail("mark \(name) after clear") }
            } else {
                fail("mark \(name) cannot be read")
            }
        case .setTimer(let id, let milliseconds):
            if milliseconds < 0 { fail("negative time for \(id)") }
            timers[id] = now + milliseconds
        case .cancelTimer(let id):
            if timers.removeValue(forKey: id) == nil { fail("\(id) stopped though not running") }
            if case .tool(let tool) = id { runningTools.remove(tool) }
        case .runTool(let call, let key):
            if !ranTools.insert(call.id).inserted { fail("tool call \(call.id) ran twice") }
            if !key.hasSuffix(":\(call.id)") { fail("key \(key)") }
            runningTools.insert(call.id)
        case .transfer, .hangUp:
            isEnded = true
        case .finalizeTranscript:
            if !openRoles.contains(.stt) { fail("transcript asked for without a session") }
        case .record(.callEnded):
            break
        case .record:
            break
        }
    }

    private mutating func speechBegan(_ generation: Generation, isPrepared: Bool) {
        if let liveSpeech { fail("\(generation) begun while \(liveSpeech) is being synthesised") }
        if generation <= lastSpoken { fail("speech \(generation) after \(lastSpoken)") }
        if generation <= cleared { fail("speech \(generation) was cleared") }
        if !isPrepared, !openRoles.contains(.tts) || lostRoles.contains(.tts) {
            fail("\(generation) begun without a session")
        }
        liveSpeech = generation
        lastSpoken = generation
        speechIsPrepared = isPrepared
        speechIsClosed = false
    }

    private mutating func checkEnd(_ conversation: Conversation) {
        guard conversation.isEnded else { return }
        isEnded = true
        if !timers.isEmpty { fail("timers left at the end: \(timers.keys)") }
        if !openRoles.isEmpty { fail("sessions left at the end: \(openRoles)") }
    }

    /// Whatever is waited for has a timer.
    private mutating func checkLiveness(_ conversation: Conversation) {
        guard conversation.phase == .live else { return }
        if Set(conversation.timers.running) != Set(timers.keys) { fail("the timers' table is wrong") }
        let bounds = timers.keys.filter { $0 != .maximumDuration }
        let isClosing = conversation.closing.map { !$0.isInterruptible } ?? false
        for role in Role.allCases where conversation.roles.isLost(role) && !isClosing {
            if timers[.roleAway(role)] == nil { fail("\(role) may stay away for ever") }
        }
        let isListening = conversation.reply == nil && conversation.speeches.isEmpty && expectsSilence
        if bounds.isEmpty, !isListening { fail("nothing will happen any more") }
        if conversation.speeches.contains(where: { $0.stage == .synthesising }), timers[.speech] == nil {
            fail("a synthesis without a deadline")
        }
        if conversation.reply?.generation != nil, timers[.reply] == nil { fail("a reply without a deadline") }
        if conversation.speeches.first?.stage == .rendered, timers[.playback] == nil {
            fail("a mark without a deadline")
        }
    }

    /// The rules of message lists (Anthropic Messages API, messages and tool use).
    mutating func checkHistory(_ messages: [Message], isRequest: Bool) {
        if messages.first.map({ $0.role != .user }) ?? false { fail("the first message is not a user's") }
        if isRequest, messages.last?.role != .user { fail("the last message is not a user's") }
        var owed: [String] = []
        var seen: Set<String> = []
        for (index, message) in messages.enumerated() {
            if index > 0, messages[index - 1].role == message.role { fail("two messages of one role") }
            if message.content.isEmpty { fail("an empty message") }
            var results: [String] = []
            var calls: [String] = []
            var sawText = false
            for content in message.content {
                switch content {
                case .text(let text):
                    sawText = true
                    if text.isBlank { fail("a blank text") }
                    if text != text.trimmed { fail("white space around a text") }
                case .toolUse(let id, _, let input):
                    calls.append(id)
                    if message.role != .assistant { fail("a tool call of a user") }
                    if !seen.insert(id).inserted { fail("tool call \(id) twice") }
                    if input.isBlank { fail("a blank input") }
                    if id.isEmpty || !id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
                    {
                        fail("tool call id \(id)")
                    }
                case .toolResult(let id, let content, _):
                    results.append(id)
                    if message.role != .user { fail("a tool result of the assistant") }
                    if sawText { fail("a tool result after text") }
                    if content.isBlank { fail("a blank result") }
                }
            }
            if message.role == .user {
                if results.sorted() != owed.sorted() { fail("owed \(owed), answered \(results)") }
                owed = []
            }
            owed += calls
        }
        if !owed.isEmpty { fail("never answered: \(owed)") }
    }

    private mutating func fail(_ what: String) {
        if violations.count < 20 { violations.append("at \(now): \(what)") }
    }
}
