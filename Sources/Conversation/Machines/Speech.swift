/// One thing the agent says, from the first words to the last byte heard.
struct Speech: Sendable, Equatable {
    /// What it is said for.
    enum Kind: Sendable, Equatable {
        /// The first words of the call.
        case greeting
        /// The model's words, or fixed ones in their place.
        case reply
        /// "One moment": no part of the history, and not said again when cut off.
        case filler
        /// A question to a silent caller; not asked again when cut off.
        case question
        /// The last words of the call.
        case farewell
    }

    /// How far it is.
    enum Stage: Sendable, Equatable {
        /// It waits for its turn, or for the synthesis to be there.
        case waiting
        /// The synthesis is at work on it.
        case synthesising
        /// All its audio has arrived; it is being heard.
        case rendered
    }

    /// Whose audio it is.
    let generation: Generation
    /// What it is said for.
    let kind: Kind
    /// The caller's turn it answers.
    let turn: Int
    /// The fixed sentence it is, if the shell may have it ready.
    var prepared: PreparedSpeech?
    /// Its words.
    var text: SpokenText
    /// Whether no more words will come.
    var isComplete: Bool
    /// How often its words were tried in vain, without getting on.
    var failures = 0
    /// When it may be tried again.
    var notBefore = CallTime.zero
    /// How far it is.
    var stage = Stage.waiting
    /// When the synthesis last got on.
    var lastProgress = CallTime.zero

    /// Whether what was not heard of it is worth saying after a false interruption.
    var isResumable: Bool {
        switch kind {
        case .greeting, .reply, .farewell: true
        case .filler, .question: false
        }
    }
}
