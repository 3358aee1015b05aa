import Conversation

/// Why calls end, in a word each, for a metric's label.
package enum CallEndWord: String, Sendable, Hashable, CaseIterable {
    /// The caller hung up.
    case callerHungUp = "caller_hung_up"

    /// The stream was lost and did not come back.
    case streamLost = "stream_lost"

    /// The stream never came.
    case neverStarted = "never_started"

    /// The gateway stopped.
    case shutDown = "shut_down"

    /// The agent hung up.
    case agentHungUp = "agent_hung_up"

    /// The agent transferred the call.
    case transferred

    /// The caller stayed silent.
    case noInput = "no_input"

    /// The call reached its longest duration.
    case maximumDuration = "maximum_duration"

    /// A role stayed away, or nothing could be said any more.
    case outage

    /// The operator ended it.
    case operatorHungUp = "operator_hung_up"

    /// The word for a reason.
    init(_ reason: EndReason) {
        switch reason {
        case .stopped(.callerHungUp): self = .callerHungUp
        case .stopped(.streamClosed), .stopped(.superseded): self = .streamLost
        case .stopped(.neverStarted): self = .neverStarted
        case .stopped(.shutDown): self = .shutDown
        case .agentHungUp: self = .agentHungUp
        case .transferred: self = .transferred
        case .noInput: self = .noInput
        case .maximumDuration: self = .maximumDuration
        case .roleAway, .speechFailed: self = .outage
        case .operatorHungUp: self = .operatorHungUp
        }
    }
}
