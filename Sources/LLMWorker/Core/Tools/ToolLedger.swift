package import NIOCore

/// Remembers which runs of tools were begun, so that none is begun twice.
///
/// A run is known by its key, for as long as the process lives or until many newer ones have ended.
package struct ToolLedger {
    /// The most runs going on at once.
    package static let maximumRunning = 1024

    /// The most ended runs remembered; the oldest is forgotten first.
    package static let maximumRemembered = 1024

    /// What to do about a run.
    package enum Claim {
        /// It is new: run it and keep the promise.
        case new(EventLoopPromise<ToolOutcome>)

        /// It was begun before: wait for its outcome.
        case known(EventLoopFuture<ToolOutcome>)

        /// Too many are going on.
        case refused
    }

    private var outcomes: [String: EventLoopFuture<ToolOutcome>] = [:]
    private var ended: [String] = []
    private var oldestEnded = 0

    /// An empty ledger.
    package init() {}

    /// Claims a run for its key.
    ///
    /// - Parameters:
    ///   - key: The run's key.
    ///   - eventLoop: Where a new run would go on.
    /// - Returns: What to do.
    package mutating func claim(_ key: String, on eventLoop: any EventLoop) -> Claim {
        if let outcome = outcomes[key] { return .known(outcome) }
        guard outcomes.count - remembered < Self.maximumRunning else { return .refused }
        let promise = eventLoop.makePromise(of: ToolOutcome.self)
        outcomes[key] = promise.futureResult
        return .new(promise)
    }

    /// A claimed run has ended.
    package mutating func runEnded(_ key: String) {
        ended.append(key)
        guard remembered > Self.maximumRemembered else { return }
        outcomes[ended[oldestEnded]] = nil
        oldestEnded += 1
        if oldestEnded > Self.maximumRemembered {
            ended.removeFirst(oldestEnded)
            oldestEnded = 0
        }
    }

    private var remembered: Int { ended.count - oldestEnded }
}
