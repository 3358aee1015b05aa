package import WorkerProtocol

/// The life of the link to one worker instance, without I/O.
///
/// ```
/// backingOff ─retry→ connecting ─connected→ handshaking ─hello→ open ─draining→ draining
///     ↑                  │                      │                 │                 │
///     └──────────────────┴──── failed, silent, closed ────────────┴─────────────────┘     any ─stop→ stopped
/// ```
///
/// A connect proves nothing (the kernel accepts for a dead worker), so `hello` has a deadline, and silence on an open
/// link is death. Time comes in as milliseconds of any steady clock; waits before a retry come from the caller's
/// generator.
package struct WorkerLinkStateMachine: Sendable {
    /// The times of a link, milliseconds.
    package struct Settings: Sendable, Equatable {
        /// From connect to the worker's hello.
        package var helloDeadline: Int64 = 250

        /// Between our heartbeats.
        package var heartbeatInterval: Int64 = 1000

        /// Silence of the worker that ends the link: three beats missed.
        package var silenceLimit: Int64 = 3000

        /// Longest wait before the first retry; it doubles with each failure.
        package var retryBase: Int64 = 50

        /// Longest wait before any retry.
        package var retryCap: Int64 = 1000

        /// The times used in production.
        package init() {}
    }

    /// What the owner of the link must do.
    package enum Action: Sendable, Equatable {
        /// Open the socket.
        case connect

        /// Send our hello and wait for the worker's until the deadline, milliseconds from now.
        case sendHello(deadline: Int64)

        /// Sessions may be opened; send and expect heartbeats.
        case announceOpen

        /// Send one heartbeat.
        case sendHeartbeat

        /// No new sessions here; those there are go on.
        case announceDraining

        /// Every session of the link is lost.
        case announceLost(WorkerFailure)

        /// Close the socket if it is open.
        case closeSocket

        /// Try again after this many milliseconds.
        case scheduleRetry(milliseconds: Int64)
    }

    private enum State: Sendable, Equatable {
        case backingOff
        case connecting
        case handshaking
        case open
        case draining
        case stopped
    }

    /// The role the worker must have.
    package let role: WorkerRole

    /// The worker's hello; nil until it came.
    package private(set) var peer: Hello?

    private let settings: Settings
    private var state = State.backingOff
    private var failures = 0
    private var lastHeard: Int64 = 0

    /// A link that is about to be tried for the first time.
    package init(role: WorkerRole, settings: Settings = Settings()) {
        self.role = role
        self.settings = settings
    }

    /// Whether sessions may be opened.
    package var isOpen: Bool { state == .open }

    /// Whether frames may be sent for sessions that are there.
    package var carriesSessions: Bool { state == .open || state == .draining }

    /// Whether nothing is under way until the next retry.
    package var isBackingOff: Bool { state == .backingOff }

    /// Sessions the worker takes at once.
    package var capacity: Int { peer?.capacity ?? 0 }

    /// The retry time has come, or the socket has (newly) appeared.
    package mutating func retryDue() -> [Action] {
        guard state == .backingOff else { return [] }
        state = .connecting
        return [.connect]
    }

    /// The instance's socket is a new one: a fresh worker, so past failures no longer count.
    package mutating func socketReplaced() -> [Action] {
        failures = 0
        return retryDue()
    }

    /// The socket is connected.
    package mutating func connected(at now: Int64) -> [Action] {
        guard state == .connecting else { return state == .stopped ? [.closeSocket] : [] }
        state = .handshaking
        lastHeard = now
        return [.sendHello(deadline: settings.helloDeadline)]
    }

    /// The socket could not be connected.
    package mutating func connectFailed(using generator: inout some RandomNumberGenerator) -> [Action] {
        guard state == .connecting else { return [] }
        return backOff(using: &generator)
    }

    /// A message about the link itself arrived.
    package mutating func received(
        _ message: LinkMessage,
        at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        lastHeard = now
        switch (state, message) {
        case (.handshaking, .hello(let hello)):
            guard hello.role == role.rawValue else {
                return fail("the socket of \(role.rawValue) answers as \(hello.role)", using: &generator)
            }
            guard (try? hello.commonVersion()) != nil else {
                let error = LinkError.noCommonVersion(ours: Hello.supportedVersions, theirs: hello.versions)
                return fail(error.description, using: &generator)
            }
            peer = hello
            failures = 0
            state = .open
            return [.announceOpen]
        case (.open, .draining):
            state = .draining
            return [.announceDraining]
        case (.handshaking, _): return fail("the first message was not a hello", using: &generator)
        default: return []
        }
    }

    /// A frame of a session arrived: a sign of life.
    package mutating func frameReceived(at now: Int64) {
        lastHeard = now
    }

    /// The time for the worker's hello is over.
    package mutating func helloDeadlinePassed(using generator: inout some RandomNumberGenerator) -> [Action] {
        guard state == .handshaking else { return [] }
        return fail("no hello within \(settings.helloDeadline) ms", using: &generator)
    }

    /// The time for the next heartbeat has come.
    package mutating func beatDue(at now: Int64, using generator: inout some RandomNumberGenerator) -> [Action] {
        guard carriesSessions else { return [] }
        guard now - lastHeard <= settings.silenceLimit else {
            return fail("nothing heard for \(now - lastHeard) ms", using: &generator)
        }
        return [.sendHeartbeat]
    }

    /// The worker broke the link's protocol, or the link cannot carry its control frames any more.
    package mutating func faulted(_ why: String, using generator: inout some RandomNumberGenerator) -> [Action] {
        guard state != .backingOff, state != .stopped else { return [] }
        return fail(why, using: &generator)
    }

    /// The socket is closed.
    package mutating func socketClosed(using generator: inout some RandomNumberGenerator) -> [Action] {
        guard state != .backingOff, state != .stopped else { return [] }
        return fail("the worker closed the link", using: &generator)
    }

    /// The instance is gone from the directory, or the gateway stops.
    package mutating func stop() -> [Action] {
        guard state != .stopped else { return [] }
        let carried = carriesSessions
        state = .stopped
        let lost = Action.announceLost(WorkerFailure(.unavailable, detail: "the link was stopped"))
        return carried ? [lost, .closeSocket] : [.closeSocket]
    }

    private mutating func fail(_ why: String, using generator: inout some RandomNumberGenerator) -> [Action] {
        let carried = carriesSessions
        var actions: [Action] = carried ? [.announceLost(WorkerFailure(.unavailable, detail: why))] : []
        actions.append(.closeSocket)
        return actions + backOff(using: &generator)
    }

    /// Full jitter: anything from nothing to the doubled, capped wait.
    private mutating func backOff(using generator: inout some RandomNumberGenerator) -> [Action] {
        state = .backingOff
        peer = nil
        let ceiling = min(settings.retryCap, settings.retryBase << Int64(min(failures, 16)))
        failures += 1
        return [.scheduleRetry(milliseconds: Int64.random(in: 1...max(1, ceiling), using: &generator))]
    }
}
