/// Decides when to ping a connection and when it is dead.
///
/// One tick every 20 s; two ticks in a row that nothing has answered mean that the other end is gone.
package struct PingMonitor: Sendable, Equatable {
    /// The time between ticks in milliseconds.
    package static let intervalMilliseconds: Int64 = 20_000
    /// The pings without an answer that are one too many.
    package static let maximumMisses = 2

    /// What a tick calls for.
    package enum Action: Equatable {
        /// Send a ping and wait for the next tick.
        case ping
        /// Give the connection up.
        case dead
    }

    private var unanswered = 0

    /// The state of a connection that has just opened.
    package init() {}

    /// The interval has passed.
    package mutating func ticked() -> Action {
        guard unanswered < Self.maximumMisses else { return .dead }
        unanswered += 1
        return .ping
    }

    /// Anything came from the other end.
    package mutating func heard() {
        unanswered = 0
    }
}
