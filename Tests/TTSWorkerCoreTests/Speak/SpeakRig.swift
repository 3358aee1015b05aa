import TTSWorkerCore
import WebSocketTransport
import WorkerProtocol

/// Runs a ``SpeakMachine`` against a clock that only tests move.
struct SpeakRig {
    var machine: SpeakMachine
    private(set) var now: Int64 = 1_000
    private var timers: [SpeakTimer: Int64] = [:]
    private var actions: [SpeakAction] = []

    init(timings: SpeakTimings = SpeakTimings()) {
        machine = SpeakMachine(timings: timings) { 0 }
        perform(machine.started())
    }

    /// What the machine wanted since the last call, but for timers, notes and pings.
    mutating func take() -> [SpeakAction] {
        defer { actions = [] }
        return actions.filter {
            switch $0 {
            case .note, .ping, .resumeReading: false
            default: true
            }
        }
    }

    /// The notes since the last call, which also forgets everything else.
    mutating func takeNotes() -> [SpeakNote] {
        defer { actions = [] }
        return actions.compactMap {
            if case .note(let note) = $0 { note } else { nil }
        }
    }

    var hasTimers: Bool { !timers.isEmpty }

    mutating func open() {
        perform(machine.socketOpened(requestID: "r1", at: now))
    }

    mutating func refuse(_ failure: WorkerFailure) {
        perform(machine.socketRefused(failure, at: now))
    }

    mutating func lose(code: UInt16? = 1011, reason: String = "NET-0000") {
        let kind: WebSocketClose.Kind = code == nil ? .endOfFile : .peerClosed
        perform(machine.socketClosed(WebSocketClose(code: code, reason: reason, kind: kind), at: now))
    }

    mutating func begin(_ generation: UInt32) {
        perform(machine.replyBegun(generation, at: now))
    }

    mutating func text(_ text: String) {
        perform(machine.textReceived(text, at: now))
    }

    mutating func end(_ generation: UInt32) {
        perform(machine.replyEnded(generation, at: now))
    }

    mutating func cancel(_ generation: UInt32) {
        perform(machine.replyCancelled(generation, at: now))
    }

    mutating func receive(_ message: SpeakMessage) {
        perform(machine.messageReceived(message, at: now))
    }

    mutating func audio(_ bytes: Int = 160) -> SpeakAudioVerdict {
        machine.audioReceived(bytes, at: now).0
    }

    /// A whole reply that is spoken at once.
    mutating func say(_ generation: UInt32, _ text: String) {
        begin(generation)
        self.text(text)
        end(generation)
    }

    mutating func perform(_ wanted: [SpeakAction]) {
        for action in wanted {
            switch action {
            case .setTimer(let timer, let milliseconds): timers[timer] = now + max(0, milliseconds)
            case .cancelTimer(let timer): timers[timer] = nil
            case .cancelTimers: timers = [:]
            default: actions.append(action)
            }
        }
    }

    /// Moves the clock, firing timers in their order; pings are answered.
    mutating func advance(_ milliseconds: Int64) {
        let end = now + milliseconds
        while let (timer, due) = timers.min(by: { $0.value < $1.value }), due <= end {
            timers[timer] = nil
            now = max(now, due)
            perform(machine.timerFired(timer, at: now))
            if timer == .ping { machine.ponged() }
        }
        now = end
    }
}
