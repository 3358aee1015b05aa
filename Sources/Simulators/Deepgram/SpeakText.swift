/// The text a synthesis has been given and has not yet spoken (Deepgram speak v1, Speak and Flush).
///
/// Texts are joined as they come: nothing is put between them. Speech begins at sentence boundaries before a Flush.
struct SpeakText: Equatable {
    private(set) var pending = ""

    /// Appends a piece and takes out every whole sentence that is followed by a space and more text.
    mutating func append(_ text: String) -> [String] {
        self.pending += text
        var sentences: [String] = []
        while let end = self.sentenceEnd() {
            sentences.append(String(self.pending[..<end]))
            self.pending = String(self.pending[end...])
        }
        return sentences
    }

    /// Takes out all that is left; nil when nothing can be spoken.
    mutating func flush() -> String? {
        defer { self.pending = "" }
        return self.pending.contains { $0.isLetter || $0.isNumber } ? self.pending : nil
    }

    /// Forgets all that is left.
    mutating func clear() {
        self.pending = ""
    }

    /// The place after the first sentence's closing punctuation, if a space and something to say follow it.
    private func sentenceEnd() -> String.Index? {
        var index = self.pending.startIndex
        var isSpoken = false
        var closed: String.Index?
        while index < self.pending.endIndex {
            let character = self.pending[index]
            if character.isLetter || character.isNumber {
                if let closed, self.pending[closed].isWhitespace { return closed }
                closed = nil
                isSpoken = true
            } else if ".!?".contains(character), isSpoken {
                closed = self.pending.index(after: index)
            } else if closed != nil, let end = closed, end == index, "\"')”’".contains(character) {
                closed = self.pending.index(after: index)
            }
            index = self.pending.index(after: index)
        }
        return nil
    }
}
