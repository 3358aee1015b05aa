import DequeModule

/// The calls of this gateway by CallSid: those there are, and for a while what became of those that are over.
///
/// Decides whether one more call fits.
package struct CallRegistry<Call: AnyObject> {
    /// Whether a call may be answered.
    package enum Admission {
        /// It is here already: the webhook was repeated.
        case known(Call)

        /// There is room.
        case open

        /// The limit of calls is reached.
        case full

        /// The gateway is stopping.
        case draining
    }

    private struct Finished {
        let callSID: String
        let outcome: CallOutcome
        let at: Int64
    }

    /// Finished calls that are remembered.
    package static var maximumFinished: Int { 4096 }

    /// How long they are remembered, milliseconds.
    package static var finishedLifetime: Int64 { 600_000 }

    /// Calls at once.
    package var maximumCalls: Int

    /// Whether new calls are refused because the gateway is stopping.
    package var isDraining = false

    private var live: [String: Call] = [:]
    private var finished: Deque<Finished> = []

    /// An empty registry.
    package init(maximumCalls: Int) {
        self.maximumCalls = maximumCalls
    }

    /// Calls there are now.
    package var count: Int { live.count }

    /// The calls there are now, in no order.
    package var calls: [Call] { Array(live.values) }

    /// The call of this id, if it is here.
    package subscript(callSID: String) -> Call? { live[callSID] }

    /// Whether the call of a webhook may be answered.
    package func admission(of callSID: String) -> Admission {
        if let call = live[callSID] { return .known(call) }
        if isDraining { return .draining }
        return live.count < maximumCalls ? .open : .full
    }

    /// Adds a call that was admitted.
    package mutating func insert(_ call: Call, callSID: String) {
        live[callSID] = call
        finished.removeAll { $0.callSID == callSID }
    }

    /// Takes a call out and remembers what became of it.
    ///
    /// - Parameters:
    ///   - callSID: the call.
    ///   - outcome: what became of it.
    ///   - now: milliseconds of a steady clock.
    package mutating func finish(_ callSID: String, outcome: CallOutcome, now: Int64) {
        guard live.removeValue(forKey: callSID) != nil else { return }
        while let oldest = finished.first {
            guard finished.count >= Self.maximumFinished || now - oldest.at > Self.finishedLifetime else { break }
            finished.removeFirst()
        }
        finished.append(Finished(callSID: callSID, outcome: outcome, at: now))
    }

    /// What became of a call, if it was here lately.
    ///
    /// - Parameters:
    ///   - callSID: the call.
    ///   - now: milliseconds of a steady clock.
    /// - Returns: nil when nothing is known of it.
    package func outcome(of callSID: String, now: Int64) -> CallOutcome? {
        finished.last { $0.callSID == callSID && now - $0.at <= Self.finishedLifetime }?.outcome
    }
}

/// What became of a call.
package enum CallOutcome: Sendable, Equatable {
    /// The caller hung up, or Twilio said that the call is over.
    case over

    /// The agent ended it: Twilio is told to hang up.
    case hungUp

    /// The agent gave it to someone else: Twilio is told to dial.
    case transferred(destination: String)

    /// Its stream was lost and did not come back, or never came; it was reconnected this often before.
    case lost(resumptions: Int)
}
