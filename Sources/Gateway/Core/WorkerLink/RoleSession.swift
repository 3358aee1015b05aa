package import JSONText
package import NIOCore
package import WorkerProtocol

/// What one call's session with a role reports; all calls on the loop.
package protocol RoleSessionDelegate: AnyObject {
    /// A worker accepted the session.
    func roleSessionOpened(_ session: RoleSession)

    /// The session is gone, or could not be had; it stays closed until ``RoleSession/open()``.
    func roleSession(_ session: RoleSession, lost failure: WorkerFailure)

    /// A control message that is not about the session's own life.
    func roleSession(_ session: RoleSession, received control: JSONValue)

    /// A piece of audio.
    func roleSession(_ session: RoleSession, receivedAudio audio: ByteBuffer)

    /// A piece of text.
    func roleSession(_ session: RoleSession, receivedText text: ByteBuffer)
}

/// One call's session with the workers of one role, whichever instance has it just now.
///
/// Loop-bound. ``open()`` takes the least loaded instance, the one that lost the session last of all, and goes to the
/// next one when that refuses or dies before it has accepted; frames sent meanwhile wait, within bounds, and are sent again to the next. A session that was accepted
/// and is lost is reported; whoever owns it decides when to open it again.
package final class RoleSession {
    /// The waits and bounds of a session.
    package struct Limits: Sendable, Equatable {
        /// How long a link is waited for when there is none, milliseconds.
        package var waitMilliseconds: Int64 = 2000

        /// How long a worker may take to accept or refuse, milliseconds.
        package var openMilliseconds: Int64 = 2000

        /// Control messages and text kept while no worker has accepted the session.
        package var keptFrames = 1024

        /// Their bytes.
        package var keptBytes = 1024 * 1024

        /// The bounds used in production.
        package init() {}
    }

    private enum Frame {
        case control(JSONValue)
        case text(String)
    }

    private enum State {
        case closed
        case waiting
        case opening(WorkerLink, UInt32)
        case open(WorkerLink, UInt32)
    }

    /// The role.
    package let role: WorkerRole

    private let pool: WorkerLinkPool
    private let openMessage: JSONValue
    private let limits: Limits
    private weak var delegate: (any RoleSessionDelegate)?
    private var state = State.closed
    private var tried: Set<String> = []
    /// Where the session was lost last: others go before it, since what failed at once is always the least loaded.
    private var lastLost: String?
    private var kept: [Frame] = []
    private var keptBytes = 0
    private var unsettled: UnsettledAudio?
    private var timer: LoopTimers.Handle?

    /// Makes a session that is closed.
    ///
    /// - Parameters:
    ///   - role: the role.
    ///   - openMessage: what is sent to a worker first.
    ///   - pool: the links.
    ///   - limits: the waits and bounds.
    ///   - delegate: hears what happens.
    package init(
        role: WorkerRole,
        openMessage: JSONValue,
        pool: WorkerLinkPool,
        limits: Limits = Limits(),
        delegate: any RoleSessionDelegate
    ) {
        self.role = role
        self.openMessage = openMessage
        self.pool = pool
        self.limits = limits
        self.delegate = delegate
        if role == .stt { unsettled = UnsettledAudio() }
    }

    /// Whether nothing is open or being opened.
    package var isClosed: Bool { if case .closed = state { true } else { false } }

    /// The instance that has the session.
    package var instance: String? {
        switch state {
        case .opening(let link, _), .open(let link, _): link.socket.instance
        case .closed, .waiting: nil
        }
    }

    /// Opens the session; nothing happens when it is open or being opened.
    package func open() {
        guard isClosed else { return }
        tried.removeAll()
        attempt(after: nil)
    }

    /// Closes the session; nothing more is reported.
    package func close() {
        switch state {
        case .opening(let link, let id), .open(let link, let id):
            link.send(control: SessionMessage.close.json, session: id)
            link.removeSession(id)
        case .waiting: pool.stopWaiting(self)
        case .closed: break
        }
        settleDown()
    }

    // MARK: - Sending

    /// Sends a control message, or keeps it until the session is open.
    ///
    /// - Returns: `false` when it is too long for the link or too much is kept already.
    @discardableResult
    package func send(control: JSONValue) -> Bool {
        switch state {
        case .open(let link, let id): return link.send(control: control, session: id)
        case .opening(let link, let id):
            return keep(.control(control), bytes: 64) && link.send(control: control, session: id)
        case .waiting: return keep(.control(control), bytes: 64)
        case .closed: return false
        }
    }

    /// Sends text, or keeps it until the session is open.
    package func send(text: String) {
        switch state {
        case .open(let link, let id): link.send(text: text, session: id)
        case .opening(let link, let id):
            if keep(.text(text), bytes: text.utf8.count) { link.send(text: text, session: id) }
        case .waiting: _ = keep(.text(text), bytes: text.utf8.count)
        case .closed: break
        }
    }

    /// Sends the caller's audio, or keeps it until the session is open; the latest seconds of it, whatever happens.
    package func send(audio: [UInt8]) {
        unsettled?.append(audio)
        switch state {
        case .open(let link, let id), .opening(let link, let id): link.send(audio: audio, session: id)
        case .waiting, .closed: break
        }
    }

    /// A settled transcript covers the audio sent so far.
    package func audioSettled() {
        unsettled?.settled()
    }

    /// The caller is silent and no transcript is open.
    package func audioQuiet() {
        unsettled?.quiet()
    }

    private func keep(_ frame: Frame, bytes: Int) -> Bool {
        guard kept.count < limits.keptFrames, keptBytes + bytes <= limits.keptBytes else { return false }
        kept.append(frame)
        keptBytes += bytes
        return true
    }

    // MARK: - Finding a worker

    /// The pool has a link for this role again.
    func linkAvailable() {
        // Others may have been faster; then the wait goes on.
        guard case .waiting = state, pool.leastLoaded(role, excluding: tried) != nil else { return }
        attempt(after: nil)
    }

    private func attempt(after failure: WorkerFailure?) {
        pool.timers.cancel(timer)
        let others = lastLost.map { tried.union([$0]) } ?? tried
        guard let link = pool.leastLoaded(role, excluding: others) ?? pool.leastLoaded(role, excluding: tried) else {
            if let failure {
                lost(failure)
            } else {
                state = .waiting
                pool.wait(self)
                arm(limits.waitMilliseconds) { session in
                    session.lost(WorkerFailure(.unavailable, detail: "no \(session.role.rawValue) worker has room"))
                }
            }
            return
        }
        if case .waiting = state { pool.stopWaiting(self) }
        tried.insert(link.socket.instance)
        let id = link.addSession(self)
        state = .opening(link, id)
        guard link.send(control: openMessage, session: id) else {
            link.removeSession(id)
            lost(WorkerFailure(.rejected, isPermanent: true, detail: "the settings are too long for the link"))
            return
        }
        if let unsettled { send(unsettled.audio, to: link, id) }
        for frame in kept {
            switch frame {
            case .control(let control): link.send(control: control, session: id)
            case .text(let text): link.send(text: text, session: id)
            }
        }
        arm(limits.openMilliseconds) { session in
            guard case .opening(let link, let id) = session.state else { return }
            link.send(control: SessionMessage.close.json, session: id)
            link.removeSession(id)
            session.state = .closed
            session.attempt(after: WorkerFailure(.timedOut, detail: "the worker did not answer"))
        }
    }

    private func send(_ audio: ArraySlice<UInt8>, to link: WorkerLink, _ id: UInt32) {
        var rest = audio
        while !rest.isEmpty {
            link.send(audio: Array(rest.prefix(Self.replayBytes)), session: id)
            rest = rest.dropFirst(Self.replayBytes)
        }
    }

    private func arm(_ milliseconds: Int64, _ body: @escaping (RoleSession) -> Void) {
        timer = pool.timers.set(milliseconds: milliseconds) { [weak self] in
            if let self { body(self) }
        }
    }

    private func lost(_ failure: WorkerFailure) {
        if case .open(let link, _) = state { lastLost = link.socket.instance }
        if case .waiting = state { pool.stopWaiting(self) }
        settleDown()
        delegate?.roleSession(self, lost: failure)
    }

    private func settleDown() {
        pool.timers.cancel(timer)
        timer = nil
        state = .closed
        kept.removeAll()
        keptBytes = 0
    }

    private static let replayBytes = 8_000
}

extension RoleSession: WorkerLinkSession {
    package func linkReceived(control: JSONValue) {
        guard let message = try? SessionMessage(json: control) else {
            delegate?.roleSession(self, received: control)
            return
        }
        switch (state, message) {
        case (.opening(let link, let id), .opened):
            pool.timers.cancel(timer)
            state = .open(link, id)
            kept.removeAll()
            keptBytes = 0
            delegate?.roleSessionOpened(self)
        case (.opening(let link, let id), .refused(let failure)):
            link.removeSession(id)
            state = .closed
            attempt(after: failure)
        case (.opening(let link, let id), .failed(let failure)), (.open(let link, let id), .failed(let failure)):
            link.removeSession(id)
            lost(failure)
        case (.opening(let link, let id), .closed), (.open(let link, let id), .closed):
            link.removeSession(id)
            lost(WorkerFailure(.unavailable, detail: "the worker closed the session"))
        default: break
        }
    }

    package func linkReceived(audio: ByteBuffer) {
        delegate?.roleSession(self, receivedAudio: audio)
    }

    package func linkReceived(text: ByteBuffer) {
        delegate?.roleSession(self, receivedText: text)
    }

    package func linkLost(_ failure: WorkerFailure) {
        switch state {
        case .opening:
            state = .closed
            attempt(after: failure)
        case .open: lost(failure)
        case .waiting, .closed: break
        }
    }
}
