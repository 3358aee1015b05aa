/// Cuts a growing text into pieces for the synthesiser, at places where a cut sounds right.
///
/// The first piece of a reply goes early, at its first clause; later ones go by the sentence. A cut is never made
/// inside a word, a number ("3.50", "10:30", "+44 1632") or between an abbreviation and its word ("Dr. Jones").
/// The pieces joined together are the text, except white space and stray punctuation at its very end.
package struct TextChunker: Sendable {
    /// When to cut; counts are in Unicode scalars.
    package struct Settings: Sendable {
        /// The least length of a first piece that ends with a clause and not with a sentence.
        package var firstClause = 12
        /// From this length on a later piece may end with a clause.
        package var longClause = 200
        /// The longest piece; Deepgram speak v1, limits: 2000 characters a message.
        package var maximum = 2000

        /// Creates the default settings.
        package init() {}
    }

    private let settings: Settings
    private var buffer: [Unicode.Scalar] = []
    private var isFirst = true

    /// Creates a chunker at the beginning of a reply.
    package init(settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Whether text is held back.
    package var isHolding: Bool { !buffer.isEmpty }

    /// Takes more text and returns the pieces that are complete now.
    package mutating func append(_ text: String) -> [String] {
        buffer.append(contentsOf: text.unicodeScalars)
        var pieces: [String] = []
        while let end = completeEnd() {
            pieces.append(take(end))
        }
        return pieces
    }

    /// Gives up waiting for a better place: returns the text up to the last whole word, if there is any.
    package mutating func flushWords() -> String? {
        var best: Int?
        forEachBoundary { end, boundary in
            if boundary >= .word { best = end }
            return true
        }
        return best.flatMap { isSpeakable(..<$0) ? take($0) : nil }
    }

    /// The text has paused: returns all of it if it ends with a sentence, else as `flushWords`.
    package mutating func flushSentence() -> String? {
        if let token = buffer.split(whereSeparator: { $0.properties.isWhitespace }).last,
            token.endIndex == buffer.endIndex, TextBoundary.after(token, next: nil) == .sentence,
            isSpeakable(..<buffer.count)
        {
            return take(buffer.count)
        }
        return flushWords()
    }

    /// Ends the reply: returns the rest, if a voice can read it, and starts anew.
    package mutating func finish() -> String? {
        let rest = isSpeakable(..<buffer.count) ? take(buffer.count) : nil
        buffer = []
        isFirst = true
        return rest
    }

    // MARK: - Finding the cut

    /// The end of the first piece that should go now.
    private func completeEnd() -> Int? {
        var found: Int?
        var lastGood: Int?
        forEachBoundary { end, boundary in
            guard end <= settings.maximum else { return false }
            if boundary >= .word { lastGood = end }
            let needed = isFirst ? settings.firstClause : settings.longClause
            let isComplete = boundary == .sentence || (boundary == .clause && end >= needed)
            if isComplete, isSpeakable(..<end) { found = end }
            return found == nil
        }
        if let found { return found }
        guard buffer.count >= settings.maximum else { return nil }
        return lastGood ?? settings.maximum
    }

    /// Visits the possible cuts in order until `visit` returns false; a cut is after the white space.
    private func forEachBoundary(_ visit: (_ end: Int, _ boundary: TextBoundary) -> Bool) {
        var start = 0
        for (index, scalar) in buffer.enumerated() {
            if scalar.properties.isWhitespace {
                let next = index + 1 < buffer.count ? buffer[index + 1] : nil
                guard visit(index + 1, TextBoundary.after(buffer[start..<index], next: next)) else { return }
                start = index + 1
            } else if ["。", "！", "？"].contains(scalar) {
                guard visit(index + 1, .sentence) else { return }
                start = index + 1
            }
        }
    }

    private func isSpeakable(_ range: PartialRangeUpTo<Int>) -> Bool {
        buffer[range].contains { $0.isLetterOrDigit }
    }

    private mutating func take(_ end: Int) -> String {
        var piece = String.UnicodeScalarView()
        piece.append(contentsOf: buffer[..<end])
        buffer.removeFirst(end)
        isFirst = false
        return String(piece)
    }
}
