import NIOCore
import STTWorkerCore
import Testing
import WebSocketTransport
import WorkerProtocol

/// Runs a ``ListenMachine`` against a clock that only tests move.
struct ListenRig {
    var machine: ListenMachine
    private(set) var now: Int64 = 1_000
    private var timers: [ListenTimer: Int64] = [:]
    /// Everything the machine wanted, but for timers, since the last `take`.
    private var actions: [ListenAction] = []

    init(timings: ListenTimings = ListenTimings(), jitter: Double = 0) {
        machine = ListenMachine(timings: timings) { jitter }
        perform(machine.started())
    }

    /// What the machine wanted since the last call, but for timers and notes.
    mutating func take() -> [ListenAction] {
        defer { actions = [] }
        return actions.filter {
            if case .note = $0 { false } else { true }
        }
    }

    /// The notes since the last call, which also forgets everything else.
    mutating func takeNotes() -> [ListenNote] {
        defer { actions = [] }
        return actions.compactMap {
            if case .note(let note) = $0 { note } else { nil }
        }
    }

    /// The bytes the machine sent since the last call, which also forgets everything else.
    mutating func takeAudio() -> [UInt8] {
        defer { actions = [] }
        return actions.flatMap {
            if case .sendAudio(let audio) = $0 { Array(audio.readableBytesView) } else { [UInt8]() }
        }
    }

    mutating func open(requestID: String? = "r1") {
        perform(machine.socketOpened(requestID: requestID, at: now))
    }

    mutating func refuse(_ failure: WorkerFailure) {
        perform(machine.socketRefused(failure, at: now))
    }

    mutating func lose(code: UInt16? = 1011, reason: String = "NET-0000") {
        let kind: WebSocketClose.Kind = code == nil ? .endOfFile : .peerClosed
        perform(machine.socketClosed(WebSocketClose(code: code, reason: reason, kind: kind), at: now))
    }

    mutating func receive(_ message: ListenMessage) {
        perform(machine.messageReceived(message, at: now))
    }

    mutating func final(_ text: String, from start: Double, to end: Double, speechFinal: Bool = false) {
        receive(
            .results(
                ListenResults(
                    start: start,
                    duration: end - start,
                    isFinal: true,
                    isSpeechFinal: speechFinal,
                    transcript: text,
                    lastWordEnd: end
                )
            )
        )
    }

    mutating func audio(_ bytes: [UInt8]) {
        perform(machine.audioReceived(ByteBuffer(bytes: bytes), at: now))
    }

    /// Live audio in frames of 20 ms, the clock moving along; `level` is the mu-law byte.
    mutating func speak(milliseconds: Int64, level: UInt8 = 0xFF) {
        for _ in 0..<(milliseconds / 20) {
            advance(20)
            audio([UInt8](repeating: level, count: 160))
        }
    }

    mutating func perform(_ wanted: [ListenAction]) {
        for action in wanted {
            switch action {
            case .setTimer(let timer, let milliseconds): timers[timer] = now + max(0, milliseconds)
            case .cancelTimer(let timer): timers[timer] = nil
            case .cancelTimers: timers = [:]
            default: actions.append(action)
            }
        }
    }

    /// Moves the clock, firing timers in their order.
    mutating func advance(_ milliseconds: Int64) {
        let end = now + milliseconds
        while let (timer, due) = timers.min(by: { $0.value < $1.value }), due <= end {
            timers[timer] = nil
            now = max(now, due)
            perform(machine.timerFired(timer, at: now))
        }
        now = end
    }

    var hasTimers: Bool { !timers.isEmpty }
}
