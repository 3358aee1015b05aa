/// The state of one call's conversation, and the rules by which it goes on.
///
/// It has no clock, no randomness and does no input or output: the shell feeds it what happened and does what it
/// returns. The same inputs at the same times give the same effects. No sequence of inputs traps.
///
/// ```
/// idle -- callPrepared --> prepared -- streamStarted --> live -- stopped, farewell heard --> ended
/// ```
///
/// Within a live call these go on side by side: the caller's turn (``EndOfTurnDetector``, ``DigitCollector``), the
/// reply it is owed (``Reply``, ``ToolLedger``), what is being said (``Speech``, ``PlaybackLedger``), an interruption
/// that may turn out to be none (``Interruption``), and the farewell (``Closing``). After each input `settle` makes
/// sure that something will happen next: whatever is waited for has a timer.
///
/// What the shell owes: effects are done in order, and inputs they lead to are given after the list is done; audio is
/// handed over in the order of its arrival; audio of a speech that was cancelled, failed or cleared is dropped; each
/// timer fires once, unless stopped or restarted before; nothing is done for a call whose list ended with `hangUp` or
/// `transfer`, or that was told to have `stopped`.
package struct Conversation: Sendable {
    /// How far the call is.
    enum Phase: Sendable, Equatable {
        /// Nothing has happened.
        case idle
        /// The sessions are open, media does not flow yet.
        case prepared
        /// Media flows.
        case live
        /// The call is over; inputs have no effect.
        case ended
    }

    /// Words that cannot be answered yet.
    struct HeldTurn: Sendable, Equatable {
        /// What the caller said.
        let text: String
        /// What settled it.
        let cause: TurnCause
    }

    /// How the agent behaves.
    package let settings: ConversationSettings

    var phase = Phase.idle
    var now = CallTime.zero
    var effects: [ConversationEffect] = []
    var timers = TimerTable()
    var roles: RoleWatch
    /// The number of the caller's latest turn.
    var turn = 0
    var lastGeneration = Generation(0)
    /// The last generation that was given to a speech.
    var lastSpeech = Generation(0)

    // The caller's side.
    var endOfTurn: EndOfTurnDetector
    var bargeIn: BargeInDetector
    var digits: DigitCollector
    var heldTurns: [HeldTurn] = []
    var silence: SilenceWatch

    // The agent's side.
    var log = History()
    var reply: Reply?
    var tools = ToolLedger()
    /// What is being said or will be, in the order of hearing; at most one is being synthesised.
    var speeches: [Speech] = []
    var ledger = PlaybackLedger()
    var rate = SpeechRate()
    /// How many speeches in a row could not be made.
    var failedSpeeches = 0
    /// Since when the last mark of what is being heard is waited for.
    var playbackWatched = CallTime.zero

    var interruption: Interruption?
    var closing: Closing?

    /// Begins the conversation of a call that nothing has happened to yet.
    package init(settings: ConversationSettings) {
        self.settings = settings
        roles = RoleWatch(limits: settings.limits)
        endOfTurn = EndOfTurnDetector(settings: settings.turn)
        bargeIn = BargeInDetector(settings: settings.turn.bargeIn)
        digits = DigitCollector(settings: settings.turn.digits)
        silence = SilenceWatch(settings: settings)
    }

    /// What has been said and done, as the model would be told now.
    ///
    /// What the agent is saying counts as said until it is cut off.
    package var history: [Message] { log.messages() }

    /// Whether the agent can be heard: bytes were sent that no mark has shown to be heard.
    package var isAgentAudible: Bool { ledger.isAudible }

    /// Whether the call is over: nothing has any effect any more.
    package var isEnded: Bool { phase == .ended }

    /// Takes one input in and returns what is to be done, in order.
    ///
    /// `now` must not go back; if it does, the latest time seen counts.
    package mutating func handle(_ input: ConversationInput, at now: CallTime) -> [ConversationEffect] {
        guard phase != .ended else { return [] }
        self.now = max(self.now, now)
        defer { effects = [] }
        take(input)
        if phase == .live { settle() }
        return effects
    }

    private mutating func take(_ input: ConversationInput) {
        switch input {
        case .callPrepared: callPrepared()
        case .streamStarted: streamStarted()
        case .streamResumed: streamResumed()
        case .roleLost(let role, let failure): roleLost(role, failure)
        case .roleRegained(let role): roleRegained(role)
        case .operatorHangUp: operatorHungUp()
        case .stopped(let stop): end(.stopped(stop), by: nil)
        case .timer(let id): if timers.ended(id) { timerFired(id) }
        case .voiceActivity, .stt, .llm, .toolResult, .tts, .mediaSent, .mark, .dtmf:
            if phase == .live { takeLive(input) }
        }
    }

    private mutating func takeLive(_ input: ConversationInput) {
        switch input {
        case .voiceActivity(let activity): voiceActivityChanged(activity)
        case .stt(let event): transcriptReceived(event)
        case .llm(let event): modelReported(event)
        case .toolResult(let id, let content, let isError): toolFinished(id, content, isError: isError)
        case .tts(let event): synthesisReported(event)
        case .mediaSent(let generation, let bytes): mediaSent(generation, bytes)
        case .mark(let name): markReturned(name)
        case .dtmf(let key): keyPressed(key)
        case .callPrepared, .streamStarted, .streamResumed, .roleLost, .roleRegained, .operatorHangUp, .stopped, .timer:
            break
        }
    }

    private mutating func timerFired(_ id: TimerID) {
        switch id {
        case .backstop: take(endOfTurn.backstopPassed())
        case .finalize: take(endOfTurn.deadlinePassed(at: now))
        case .falseInterruption: interruptionStayedUnsettled()
        case .filler: replyStayedAway()
        case .noInput: callerStayedSilent()
        case .reply: modelMadeNoProgress()
        case .speech: synthesisMadeNoProgress()
        case .playback: lastMarkStayedAway()
        case .digits: digitsPaused()
        case .tool(let id): toolTimedOut(id)
        case .reopen(let role): reopen(role)
        case .roleAway(let role): roleStayedAway(role)
        case .closing: if let closing { end(closing) }
        case .maximumDuration: close(.maximumDuration, saying: .goodbye)
        }
    }

    /// Makes sure that whatever the call waits for will come to an end.
    private mutating func settle() {
        answerHeldTurns()
        finishClosing()
        guard phase == .live else { return }
        boundInterruption()
        watchSilence()
    }
}

extension Conversation {
    /// Adds an effect.
    mutating func emit(_ effect: ConversationEffect) {
        guard phase != .ended else { return }
        effects.append(effect)
    }

    /// Has everything unheard dropped, before anything else is done.
    mutating func emitClear() {
        guard phase != .ended, effects.first != .clear else { return }
        effects.insert(.clear, at: 0)
    }

    /// Notes a fact.
    mutating func record(_ fact: Fact) {
        emit(.record(fact))
    }

    /// Starts or restarts a timer.
    mutating func setTimer(_ id: TimerID, _ milliseconds: Milliseconds) {
        guard phase != .ended else { return }
        timers.started(id)
        emit(.setTimer(id, milliseconds: max(milliseconds, 0)))
    }

    /// Stops a timer if it runs.
    mutating func cancelTimer(_ id: TimerID) {
        if timers.ended(id) { emit(.cancelTimer(id)) }
    }

    /// A number no attempt has had yet.
    mutating func nextGeneration() -> Generation {
        lastGeneration = lastGeneration.next
        return lastGeneration
    }
}
