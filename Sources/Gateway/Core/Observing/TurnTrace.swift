/// One stage of a turn, from the caller's last word to the first audible one of the reply.
package enum LatencyStage: String, Sendable, Hashable, CaseIterable {
    /// The caller was last heard → the turn was settled.
    case endOfTurn = "end_of_turn"

    /// The turn was settled → the model was asked.
    case request

    /// The model was asked → its first token.
    case model

    /// First token → first text at the synthesis.
    case text

    /// First text at the synthesis → first audio.
    case speech

    /// First audio → first media to Twilio.
    case media

    /// First media to Twilio → the first mark of it came back.
    case heard

    /// The caller was last heard → first media to Twilio.
    case response
}

/// The times of one turn, for its line in the log and the latency histograms.
///
/// Times are nanoseconds of one steady clock. Only the first of each kind counts, so that a filler or a second round of
/// tools does not change what the caller waited for.
package struct TurnTrace: Sendable, Equatable {
    /// The caller's turn, from 1.
    package let turn: Int

    /// When the caller was last heard.
    package let lastSpeech: Int64

    /// When the turn was settled.
    package let committed: Int64

    /// When the model was first asked.
    package var requested: Int64?

    /// When its first token came.
    package var firstToken: Int64?

    /// When the first text went to the synthesis.
    package var firstText: Int64?

    /// When the first audio came.
    package var firstAudio: Int64?

    /// When the first media went to Twilio.
    package var firstMedia: Int64?

    /// When the first mark came back.
    package var firstHeard: Int64?

    /// Begins with a settled turn.
    package init(turn: Int, lastSpeech: Int64, committed: Int64) {
        self.turn = turn
        self.lastSpeech = lastSpeech
        self.committed = committed
    }

    /// What is known of the stages, in order; nanoseconds.
    package var stages: [(stage: LatencyStage, nanoseconds: Int64)] {
        let spans: [(LatencyStage, Int64?, Int64?)] = [
            (.endOfTurn, lastSpeech, committed), (.request, committed, requested), (.model, requested, firstToken),
            (.text, firstToken, firstText), (.speech, firstText, firstAudio), (.media, firstAudio, firstMedia),
            (.heard, firstMedia, firstHeard), (.response, lastSpeech, firstMedia),
        ]
        return spans.compactMap { stage, from, to -> (LatencyStage, Int64)? in
            guard let from, let to, to >= from else { return nil }
            return (stage, to - from)
        }
    }
}
