/// What an interruption has cut off, until it is known whether it was one.
struct Interruption: Sendable, Equatable {
    /// How often voice without settled words may hold up the verdict that it was none.
    static let maximumExtensions = 2

    /// Words of a speech that were not heard.
    struct Piece: Sendable, Equatable {
        /// The speech that was cut off.
        let generation: Generation
        /// Its words from the first unheard one on.
        let text: String
        /// What it was said for.
        let kind: Speech.Kind
        /// The caller's turn it answered.
        let turn: Int
    }

    /// What was not heard, in order, without what the model has to say anew.
    var rest: [Piece] = []
    /// Whether words of the agent were heard that stay in the history.
    var heardWords = false
    /// Whether words of the reply that was still being made were heard.
    var heardUnfinished = false
    /// The farewell that was cut off.
    var closing: Closing?
    /// How often voice has held up the verdict that it was none.
    var extensions = 0
}
