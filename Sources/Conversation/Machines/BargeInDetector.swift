/// Decides whether the caller's words cut the agent off.
struct BargeInDetector: Sendable, Equatable {
    /// What the words would cut off.
    enum Target: Sendable, Equatable {
        /// A reply that is being made, of which nothing is audible or about to be.
        case thought
        /// Speech that goes on by itself.
        case speech
        /// Speech that asks whether the caller is there: any word answers it.
        case question
        /// The last words before a hang-up or transfer.
        case farewell
        /// Speech that is said to its end in any case.
        case protected
    }

    /// What the words are.
    enum Verdict: Sendable, Equatable {
        /// No words.
        case nothing
        /// Words by which a listener says no more than "go on": they need no answer.
        case backchannel
        /// Too few unsettled words to be sure.
        case tooFew
        /// Words that may not cut this off; they are answered later.
        case forbidden
        /// Words that cut it off.
        case interruption
    }

    private let settings: BargeInSettings

    /// Judges by these settings.
    init(settings: BargeInSettings) {
        self.settings = settings
    }

    /// Judges all words of the caller's turn so far.
    ///
    /// Settled words need no minimum (Deepgram's barge-in guide: two words of an interim, or one of a final).
    func verdict(on text: String, isSettled: Bool, target: Target) -> Verdict {
        let words = WordSequence(text)
        guard words.count > 0 else { return .nothing }
        switch target {
        case .protected:
            return .forbidden
        case .question:
            return .interruption
        case .farewell where words.consists(of: settings.backchannels + settings.farewells),
            .speech where words.consists(of: settings.backchannels),
            .thought where words.consists(of: settings.backchannels):
            return .backchannel
        case .farewell, .speech, .thought:
            break
        }
        return isSettled || words.count >= settings.minimumWords ? .interruption : .tooFew
    }
}
