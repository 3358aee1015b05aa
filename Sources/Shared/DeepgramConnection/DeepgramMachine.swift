package import WebSocketTransport
package import WorkerProtocol

/// One session at Deepgram without I/O: what happens goes in, what is to be done comes out.
///
/// Times are milliseconds of one monotonic clock.
package protocol DeepgramMachine {
    /// What is to be done.
    associatedtype Action

    /// The names of its timers.
    associatedtype Timer: Hashable

    /// The session was opened.
    mutating func started() -> [Action]

    /// The connection is open; the id is Deepgram's `dg-request-id`.
    mutating func socketOpened(requestID: String?, at now: Int64) -> [Action]

    /// An attempt at a connection failed.
    mutating func socketRefused(_ failure: WorkerFailure, at now: Int64) -> [Action]

    /// The open connection ended.
    mutating func socketClosed(_ close: WebSocketClose, at now: Int64) -> [Action]

    /// A ping was answered.
    mutating func ponged()

    /// A timer ran out.
    mutating func timerFired(_ timer: Timer, at now: Int64) -> [Action]

    /// The link is gone: nobody is left to report to.
    mutating func linkClosed() -> [Action]

    /// The gateway said something it must not say.
    mutating func violated(_ what: String) -> [Action]
}
