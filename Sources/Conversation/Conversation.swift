/// The state of one call's conversation, and the rules by which it goes on.
///
/// It has no clock, no randomness and does no input or output: the shell feeds it what happened and does what it
/// returns. The same inputs at the same times give the same effects. No sequence of inputs traps.
package struct Conversation: Sendable {
    /// How the agent behaves.
    package let settings: ConversationSettings

    /// Begins the conversation of a call that nothing has happened to yet.
    package init(settings: ConversationSettings) {
        self.settings = settings
    }

    /// What the model is told has been said, as the caller heard it.
    package var history: [Message] { [] }

    /// Takes one input in and returns what is to be done, in order.
    ///
    /// `now` must not go back; if it does, the latest time seen counts.
    package mutating func handle(_ input: ConversationInput, at now: CallTime) -> [ConversationEffect] {
        []
    }
}
