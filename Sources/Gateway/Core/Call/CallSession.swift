import Conversation
import DequeModule
import Logging
import NIOCore
import Observability
import WorkerProtocol

/// What every call of a gateway shares; lives on the loop.
struct CallContext {
    /// The loop's timers.
    let timers: LoopTimers

    /// The links to the workers.
    let pool: WorkerLinkPool

    /// The fixed sentences.
    let speeches: PreparedSpeechRenderer

    /// The instruments.
    let metrics: GatewayMetrics

    /// How audio is sent.
    let playback: PlayoutPacer.Settings

    /// The times of calls.
    let times: GatewayTimes

    /// The process's logger.
    let logger: Logger
}

/// Who keeps the calls.
protocol CallSessionOwner: AnyObject {
    /// The call holds nothing any more.
    func callEnded(_ call: CallSession, outcome: CallOutcome)
}

/// One call: its conversation, and everything that carries out what the conversation decides.
///
/// Loop-bound. Whatever happens becomes an input of ``Conversation``; its effects are carried out in order, and what they
/// lead to at once waits for its turn. No decision about the conversation is made here.
final class CallSession {
    /// Where a call is in its life.
    enum Phase: Equatable {
        /// Sessions are open, the stream has not come.
        case prepared

        /// Media flows.
        case streaming

        /// The stream broke; a new one may come.
        case detached

        /// Nothing is held any more.
        case ended
    }

    /// Twilio's id of the call.
    let callSID: String

    /// The agent that answers.
    let agent: AgentProfile

    /// Where the call is in its life.
    private(set) var phase = Phase.prepared

    /// New streams Twilio was told to make for this call after one had ended.
    var resumptions: Int

    let context: CallContext
    var logger: Logger
    var conversation: Conversation
    var pacer: PlayoutPacer
    var audio = CallerAudio()
    var sessions: [WorkerRole: RoleSession] = [:]
    var speech = SpeechFence()
    var reply = ReplyFence()
    var finishing: CallOutcome?
    var isTranscriptOpen = false

    private weak var owner: (any CallSessionOwner)?
    private var facts: CallFacts
    private(set) var stream: MediaStream?
    private let origin: NIODeadline
    private var inbox: Deque<ConversationInput> = []
    private var isRunning = false
    private var timerHandles: [TimerID: LoopTimers.Handle] = [:]
    private var pacerTimer: LoopTimers.Handle?
    private var pacerDue: Int64?
    var watchTimer: LoopTimers.Handle?
    private var phaseTimer: LoopTimers.Handle?
    private var frame: [UInt8] = []

    /// Makes a call that nothing has happened to yet.
    ///
    /// - Parameters:
    ///   - callSID: Twilio's id.
    ///   - agent: who answers.
    ///   - resumptions: streams of an earlier call of the same id that were lost.
    ///   - context: what the calls share.
    ///   - owner: hears of the end.
    init(
        callSID: String,
        agent: AgentProfile,
        resumptions: Int = 0,
        context: CallContext,
        owner: any CallSessionOwner
    ) {
        self.callSID = callSID
        self.agent = agent
        self.resumptions = resumptions
        self.context = context
        self.owner = owner
        origin = context.timers.eventLoop.now
        var logger = context.logger
        logger[metadataKey: "call.sid"] = "\(callSID)"
        self.logger = logger
        facts = CallFacts(metrics: context.metrics)
        var settings = agent.conversation
        settings.callID = callSID
        conversation = Conversation(settings: settings)
        pacer = PlayoutPacer(settings: context.playback)
        let openings: [(WorkerRole, _)] = [
            (.stt, SpeechToTextCommand.open(call: callSID, settings: agent.speechToText).json),
            (.llm, LanguageModelCommand.open(call: callSID, settings: agent.languageModel).json),
            (.tts, TextToSpeechCommand.open(call: callSID, settings: agent.textToSpeech).json),
        ]
        for (role, openMessage) in openings {
            sessions[role] = RoleSession(
                role: role,
                openMessage: openMessage,
                pool: context.pool,
                limits: context.pool.settings.session,
                delegate: self
            )
        }
    }

    // MARK: - Life

    /// The call was admitted: opens its sessions and waits for the stream.
    func prepare() {
        arm(context.times.preparedCall) { $0.end(.neverStarted) }
        feed(.callPrepared)
    }

    /// A stream of this call was admitted; it takes the place of the one before.
    func connect(_ stream: MediaStream) {
        context.timers.cancel(phaseTimer)
        phaseTimer = nil
        let old = self.stream
        self.stream = stream
        logger[metadataKey: "stream.sid"] = "\(stream.streamSID)"
        let isFirst = phase == .prepared
        phase = .streaming
        if isFirst {
            feed(.streamStarted)
            return
        }
        if let old {
            context.metrics.streamsReplaced.increment()
            old.release(code: 1000, reason: "superseded")
        }
        pacer.streamReplaced()
        audio.streamReplaced()
        feed(.streamResumed)
    }

    /// The stream is over; whether the call is, depends on how.
    func streamEnded(_ stream: MediaStream, _ end: StreamEnd) {
        guard stream === self.stream, phase == .streaming else { return }
        self.stream = nil
        guard end.mayResume else {
            self.end(.callerHungUp)
            return
        }
        phase = .detached
        logger.info("stream lost", metadata: ["reason": "\(end)"])
        arm(context.times.detachedCall) { $0.end(.streamClosed) }
    }

    /// Twilio is about to make a new stream for this call: it has a while to come.
    func expectStream() {
        guard phase != .streaming, phase != .ended else { return }
        arm(context.times.preparedCall) { $0.end($0.phase == .prepared ? .neverStarted : .streamClosed) }
    }

    /// The call is over, whoever says so; idempotent.
    func end(_ stop: CallStop) {
        guard phase != .ended else { return }
        feed(.stopped(stop))
        switch stop {
        case .streamClosed, .neverStarted: tearDown(.lost(resumptions: resumptions))
        case .callerHungUp, .superseded, .shutDown: tearDown(.over)
        }
    }

    private func arm(_ milliseconds: Int64, _ body: @escaping (CallSession) -> Void) {
        context.timers.cancel(phaseTimer)
        phaseTimer = context.timers.set(milliseconds: milliseconds) { [weak self] in
            if let self { body(self) }
        }
    }

    private func tearDown(_ outcome: CallOutcome) {
        guard phase != .ended else { return }
        phase = .ended
        inbox.removeAll()
        for handle in timerHandles.values { context.timers.cancel(handle) }
        timerHandles.removeAll()
        context.timers.cancel(pacerTimer)
        context.timers.cancel(watchTimer)
        context.timers.cancel(phaseTimer)
        pacer.clear()
        for session in sessions.values { session.close() }
        let stream = stream
        self.stream = nil
        stream?.release(code: 1000)
        facts.callEnded(logger: logger)
        owner?.callEnded(self, outcome: outcome)
    }

    // MARK: - The conversation

    /// Milliseconds since the call began.
    var milliseconds: Int64 { (context.timers.eventLoop.now - origin).nanoseconds / 1_000_000 }

    /// Takes something in that happened; its effects are carried out before this returns, unless it comes from one.
    func feed(_ input: ConversationInput) {
        guard phase != .ended else { return }
        inbox.append(input)
        guard !isRunning else { return }
        isRunning = true
        repeat {
            while let next = inbox.popFirst() {
                for effect in conversation.handle(next, at: CallTime(milliseconds)) { perform(effect) }
            }
        } while finishing == nil && sendDueAudio()
        isRunning = false
        if let finishing {
            tearDown(finishing)
        } else {
            armPacer()
        }
    }

    /// Sends one message of audio when it is due; the conversation hears of it before the next.
    private func sendDueAudio() -> Bool {
        guard phase == .streaming, let stream else { return false }
        guard let message = pacer.next(at: milliseconds, into: &frame) else { return false }
        stream.send(media: frame)
        inbox.append(.mediaSent(Generation(message.generation), bytes: message.audioBytes))
        return true
    }

    private func armPacer() {
        guard phase == .streaming else { return }
        let now = milliseconds
        let due = pacer.nextDue(at: now)
        guard due != pacerDue || pacerTimer == nil else { return }
        context.timers.cancel(pacerTimer)
        pacerTimer = nil
        pacerDue = due
        guard let due else { return }
        pacerTimer = context.timers.set(milliseconds: due - now) { [weak self] in
            guard let self else { return }
            self.pacerTimer = nil
            self.pump()
        }
    }

    private func pump() {
        guard !isRunning, phase == .streaming, sendDueAudio(), let sent = inbox.popFirst() else {
            armPacer()
            return
        }
        feed(sent)
    }

    func setTimer(_ id: TimerID, milliseconds: Int64) {
        context.timers.cancel(timerHandles[id])
        timerHandles[id] = context.timers.set(milliseconds: milliseconds) { [weak self] in
            guard let self else { return }
            self.timerHandles[id] = nil
            self.feed(.timer(id))
        }
    }

    func cancelTimer(_ id: TimerID) {
        context.timers.cancel(timerHandles.removeValue(forKey: id))
    }

    func record(_ fact: Fact) {
        let now = context.timers.eventLoop.now
        facts.record(
            fact,
            at: Int64(clamping: now.uptimeNanoseconds),
            origin: Int64(clamping: origin.uptimeNanoseconds),
            lastVoice: audio.lastVoice,
            logger: logger
        )
    }
}
