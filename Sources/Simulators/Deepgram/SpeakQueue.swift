import NIOCore

/// What a synthesis still has to send, in order; pure.
///
/// Speech waits here until it is rendered, then leaves in frames; what comes after it waits behind it.
struct SpeakQueue {
    /// One thing to send.
    enum Job: Equatable {
        /// Speech of `text`, not before `due`; nil frames: not rendered yet.
        case speech(id: Int, text: String, due: NIODeadline, frames: [[UInt8]]?)
        /// The acknowledgement of a Flush.
        case flushed
        /// The acknowledgement of a Clear, not before `due`.
        case cleared(due: NIODeadline)
        /// A warning, already written.
        case message(String)
        /// The end.
        case close(code: UInt16, reason: String)
    }

    /// What to do now.
    enum Step: Equatable {
        /// Send this frame; `starts` is the speech's text if this is its first frame.
        case frame([UInt8], starts: String?)
        /// Send `Flushed`.
        case flushed
        /// Send `Cleared`.
        case cleared
        /// Send this text.
        case message(String)
        /// Close.
        case close(code: UInt16, reason: String)
        /// Come again at this time.
        case wait(NIODeadline)
        /// Come again when something was added or rendered.
        case idle
    }

    private(set) var jobs: [Job] = []
    private var nextID = 0
    private var isStarted = false
    /// When the frame sent last lets the next one go.
    private var free = NIODeadline.uptimeNanoseconds(0)

    /// Adds speech to be rendered, not to be heard before `due`; returns its id.
    mutating func addSpeech(_ text: String, due: NIODeadline) -> Int {
        self.nextID += 1
        self.jobs.append(.speech(id: self.nextID, text: text, due: due, frames: nil))
        return self.nextID
    }

    /// Adds anything else.
    mutating func add(_ job: Job) {
        self.jobs.append(job)
    }

    /// The speech `id` is rendered; unknown ids were cleared meanwhile.
    mutating func rendered(_ id: Int, frames: [[UInt8]]) {
        for (index, job) in self.jobs.enumerated() {
            guard case .speech(let waiting, let text, let due, nil) = job, waiting == id else { continue }
            self.jobs[index] = .speech(id: id, text: text, due: due, frames: frames)
        }
    }

    /// Forgets all speech but `late` frames of what is being sent, and acknowledges it at `due`.
    mutating func clear(late: Int, flushed: Bool, due: NIODeadline) {
        let hadFlush = self.jobs.contains(.flushed)
        var kept: [Job] = []
        if self.isStarted, late > 0, case .speech(let id, let text, let speechDue, let frames?)? = self.jobs.first {
            kept.append(.speech(id: id, text: text, due: speechDue, frames: Array(frames.prefix(late))))
        } else {
            self.isStarted = false
        }
        // Acknowledgements of earlier Clears and the end stay.
        let cleared = self.jobs.filter { job in
            switch job {
            case .cleared, .close, .message: true
            case .speech, .flushed: false
            }
        }
        self.jobs = kept + cleared
        if flushed, hadFlush { self.jobs.append(.flushed) }
        self.jobs.append(.cleared(due: due))
        self.free = .uptimeNanoseconds(0)
    }

    /// What to do at `now`; `duration` gives the time a frame keeps the line.
    mutating func step(at now: NIODeadline, duration: (Int) -> TimeAmount) -> Step {
        guard let job = self.jobs.first else { return .idle }
        switch job {
        case .speech(let id, let text, let due, let frames):
            guard var frames else { return .idle }
            guard let frame = frames.first else {
                self.jobs.removeFirst()
                self.isStarted = false
                return self.step(at: now, duration: duration)
            }
            let when = self.isStarted ? self.free : max(due, self.free)
            guard when <= now else { return .wait(when) }
            frames.removeFirst()
            self.jobs[0] = .speech(id: id, text: text, due: due, frames: frames)
            self.free = now + duration(frame.count)
            defer { self.isStarted = true }
            return .frame(frame, starts: self.isStarted ? nil : text)
        case .cleared(let due):
            guard due <= now else { return .wait(due) }
            self.jobs.removeFirst()
            return .cleared
        case .flushed:
            self.jobs.removeFirst()
            return .flushed
        case .message(let text):
            self.jobs.removeFirst()
            return .message(text)
        case .close(let code, let reason):
            self.jobs.removeFirst()
            return .close(code: code, reason: reason)
        }
    }
}
