import TelephonyAudio

/// The caller's mind: walks the script, one 20 ms tick at a time, by what it hears.
///
/// A pure value. The owner ticks it on the call's schedule with what the caller's ear got in that tick, and sends the
/// frame it returns.
package struct CallerScript: Sendable {
    /// What the ear got in 20 ms.
    package enum Heard: Sendable, Equatable {
        /// Nothing is queued at the carrier.
        case nothing

        /// Queued audio, but silent.
        case silence

        /// The agent's voice.
        case voice
    }

    /// What happened in a tick, for the report and the screen.
    package enum Event: Sendable, Equatable {
        /// The first audible frame of line `line` (from 0) goes out in this tick.
        case speechStarted(line: Int, isBargeIn: Bool)

        /// The last audible frame of the line has gone out.
        case speechEnded(line: Int)

        /// The agent's answer is heard for the first time since the last line.
        case replyStarted

        /// The agent has been quiet for the settling time.
        case replyEnded

        /// A key to send.
        case key(Character)

        /// A step gave up waiting.
        case timedOut(step: Int)

        /// The script is over.
        case finished(hangUp: Bool)
    }

    /// What a tick yields.
    package struct Output: Sendable, Equatable {
        /// 160 bytes of the caller.
        package var frame: [UInt8]

        /// What happened, in order.
        package var events: [Event]
    }

    private enum Phase: Sendable, Equatable {
        case entering
        case speaking(offset: Int, started: Bool, ended: Bool)
        case waiting(since: Int)
        case pressing(remaining: [Character], next: Int)
        case over
    }

    private let steps: [CallStep]
    private let settleMilliseconds: Int
    private var step = 0
    private var phase = Phase.entering
    private var line = -1
    private var noise: UInt64

    /// Audio that was queued when the caller began to speak is not the answer to it.
    private var isStale = false
    private var replyStart: Int?
    private var lastVoice = 0

    /// Makes a script.
    ///
    /// - Parameters:
    ///   - steps: what to do, in order.
    ///   - settleMilliseconds: how long the agent must be quiet to have finished.
    ///   - seed: of the line noise.
    package init(steps: [CallStep], settleMilliseconds: Int = 900, seed: UInt64 = 1) {
        self.steps = steps
        self.settleMilliseconds = settleMilliseconds
        noise = seed
    }

    /// The words of every line of the script, in order.
    package var lines: [String] {
        steps.compactMap { step in
            switch step {
            case .say(let line), .bargeIn(_, let line): line.text
            default: nil
            }
        }
    }

    /// Whether nothing is left to do.
    package var isOver: Bool { phase == .over }

    /// The agent emptied the carrier's queue: what comes now is new.
    package mutating func cleared() { isStale = false }

    /// One tick.
    ///
    /// - Parameters:
    ///   - now: milliseconds since the stream began.
    ///   - heard: what the ear got in the tick that ends now.
    /// - Returns: the caller's next 20 ms and what happened.
    package mutating func tick(at now: Int, heard: Heard) -> Output {
        var output = Output(frame: [], events: [])
        hear(heard, at: now, into: &output)
        walk(at: now, into: &output)
        if output.frame.isEmpty { output.frame = lineNoise() }
        return output
    }

    private mutating func hear(_ heard: Heard, at now: Int, into output: inout Output) {
        if heard == .nothing { isStale = false }
        if heard == .voice, !isStale {
            lastVoice = now
            if replyStart == nil {
                replyStart = now
                output.events.append(.replyStarted)
            }
        }
    }

    private mutating func walk(at now: Int, into output: inout Output) {
        // Steps that take no time follow one another within the tick; each turn of the loop advances or stops.
        for _ in 0...steps.count {
            guard phase != .over else { return }
            guard step < steps.count else {
                phase = .over
                output.events.append(.finished(hangUp: true))
                return
            }
            guard advance(steps[step], at: now, into: &output) else { return }
            step += 1
            if phase != .over { phase = .entering }
        }
    }

    /// Goes on with a step; true when it is done and the next may begin in this tick.
    private mutating func advance(_ current: CallStep, at now: Int, into output: inout Output) -> Bool {
        switch current {
        case .say(let line):
            return speak(line, isBargeIn: false, at: now, into: &output)
        case .bargeIn(let delay, let line):
            if case .speaking = phase { return speak(line, isBargeIn: true, at: now, into: &output) }
            if phase == .entering { phase = .waiting(since: now) }
            if let replyStart, now - replyStart >= delay {
                phase = .entering
                return speak(line, isBargeIn: true, at: now, into: &output)
            }
            return giveUp(at: now, after: 20_000, into: &output)
        case .waitForReply(let timeout):
            if phase == .entering { phase = .waiting(since: now) }
            if replyStart != nil, now - lastVoice >= settleMilliseconds {
                replyStart = nil
                output.events.append(.replyEnded)
                return true
            }
            return replyStart == nil ? giveUp(at: now, after: timeout, into: &output) : false
        case .pause(let milliseconds):
            if phase == .entering { phase = .waiting(since: now) }
            guard case .waiting(let since) = phase else { return false }
            return now - since >= milliseconds
        case .press(let keys):
            return press(keys, at: now, into: &output)
        case .waitForHangUp(let timeout):
            if phase == .entering { phase = .waiting(since: now) }
            return giveUp(at: now, after: timeout, into: &output)
        case .hangUp:
            phase = .over
            output.events.append(.finished(hangUp: true))
            return true
        }
    }

    private mutating func speak(
        _ spoken: SpokenLine,
        isBargeIn: Bool,
        at now: Int,
        into output: inout Output
    ) -> Bool {
        if phase == .entering {
            line += 1
            isStale = replyStart != nil
            replyStart = nil
            phase = .speaking(offset: 0, started: false, ended: false)
        }
        guard case .speaking(let offset, var started, var ended) = phase else { return true }
        guard offset < spoken.audio.count, output.frame.isEmpty else { return offset >= spoken.audio.count }
        output.frame = Array(spoken.audio[offset..<offset + MuLaw.bytesPerFrame])
        let position = offset / MuLaw.bytesPerMillisecond
        if !started, position >= spoken.speechStart {
            started = true
            output.events.append(.speechStarted(line: line, isBargeIn: isBargeIn))
        }
        if !ended, position + 20 >= spoken.speechEnd {
            ended = true
            output.events.append(.speechEnded(line: line))
        }
        phase = .speaking(offset: offset + MuLaw.bytesPerFrame, started: started, ended: ended)
        return false
    }

    private mutating func press(_ keys: String, at now: Int, into output: inout Output) -> Bool {
        if phase == .entering { phase = .pressing(remaining: Array(keys), next: now) }
        guard case .pressing(var remaining, let next) = phase else { return true }
        guard now >= next else { return false }
        guard !remaining.isEmpty else { return true }
        output.events.append(.key(remaining.removeFirst()))
        phase = .pressing(remaining: remaining, next: now + 200)
        return false
    }

    private mutating func giveUp(at now: Int, after timeout: Int, into output: inout Output) -> Bool {
        guard case .waiting(let since) = phase, now - since >= timeout else { return false }
        output.events.append(.timedOut(step: step))
        return true
    }

    /// A quiet telephone line is not constant: it flickers around zero.
    private mutating func lineNoise() -> [UInt8] {
        (0..<MuLaw.bytesPerFrame).map { _ in
            noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let levels: (UInt8, UInt8, UInt8, UInt8) = (0xFF, 0x7F, 0xFE, 0x7E)
            switch noise >> 62 {
            case 0: return levels.0
            case 1: return levels.1
            case 2: return levels.2
            default: return levels.3
            }
        }
    }
}
