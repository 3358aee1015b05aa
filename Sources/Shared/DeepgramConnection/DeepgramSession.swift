package import WebSocketTransport
package import WorkerProtocol

/// A session that carries out what its machine decides: what both speech workers do alike.
///
/// Lives on the loop of its link.
package protocol DeepgramSession: DeepgramSocketOwner {
    /// What decides.
    associatedtype Machine: DeepgramMachine

    /// The state of the session.
    var machine: Machine { get set }

    /// The connection, or the attempt at one; nil between them.
    var socket: DeepgramSocket? { get set }

    /// The timers, which call ``timerFired(_:)``.
    var timers: TimerTable<Machine.Timer> { get }

    /// Carries out one action.
    func perform(_ action: Machine.Action)
}

extension DeepgramSession {
    /// Reports the session as open and connects to the provider.
    ///
    /// Called once, on the loop.
    package func start() {
        perform(machine.started())
    }

    /// The loop's time in milliseconds.
    package var now: Int64 { timers.now }

    /// Carries out actions in their order.
    package func perform(_ actions: [Machine.Action]) {
        for action in actions { perform(action) }
    }

    /// A timer of the session ran out.
    package func timerFired(_ timer: Machine.Timer) {
        perform(machine.timerFired(timer, at: now))
    }

    /// The gateway said something it must not say.
    package func violated(_ what: String) {
        perform(machine.violated(what))
    }

    /// The link is gone.
    package func linkClosed() {
        perform(machine.linkClosed())
    }

    package func socketOpened(requestID: String?) {
        perform(machine.socketOpened(requestID: requestID, at: now))
    }

    package func socketRefused(_ failure: WorkerFailure) {
        perform(machine.socketRefused(failure, at: now))
    }

    package func socketPonged() {
        machine.ponged()
    }

    package func socketClosed(_ close: WebSocketClose) {
        socket = nil
        perform(machine.socketClosed(close, at: now))
    }
}
