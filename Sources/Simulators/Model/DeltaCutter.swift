/// Cuts a text into pieces as a model's stream does: a few characters each, at odd places.
enum DeltaCutter {
    /// The pieces of `text`, each of 1 to 7 whole characters; joined they are `text` again.
    static func cut(_ text: String, using generator: inout SeededGenerator) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...7, using: &generator))
            pieces.append(String(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }

    /// About how many tokens `text` has: one for four bytes.
    static func tokens(in text: String) -> Int {
        (text.utf8.count + 3) / 4
    }
}
