package import NIOCore

/// How long a reply may take; progress counts, not an open connection.
package struct ReplyTiming: Sendable {
    /// From the question to the first words or the first sign of a tool call.
    package var firstOutput: TimeAmount

    /// From one piece of output to the next.
    package var nextOutput: TimeAmount

    /// Both of them, for a model that thinks in silence or of which nothing is known.
    package var whileThinking: TimeAmount

    /// The whole reply.
    package var wholeReply: TimeAmount

    /// Bounds of the random pause before a second attempt.
    package var retryPause: ClosedRange<Int64>

    /// What suits a call: the gateway speaks a filler after about 4 s, and apologises or tries elsewhere after these.
    package init(
        firstOutput: TimeAmount = .seconds(6),
        nextOutput: TimeAmount = .seconds(6),
        whileThinking: TimeAmount = .seconds(20),
        wholeReply: TimeAmount = .seconds(120),
        retryPauseMilliseconds: ClosedRange<Int64> = 50...250
    ) {
        self.firstOutput = firstOutput
        self.nextOutput = nextOutput
        self.whileThinking = whileThinking
        self.wholeReply = wholeReply
        retryPause = retryPauseMilliseconds
    }

    /// The limit for a deadline.
    func limit(_ deadline: ReplyStateMachine.Deadline, mayThink: Bool) -> TimeAmount {
        if mayThink { return whileThinking }
        return deadline == .firstOutput ? firstOutput : nextOutput
    }
}
