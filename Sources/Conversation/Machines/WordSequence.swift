/// The words of a text without case and punctuation, for comparing what was said.
struct WordSequence: Sendable, Equatable {
    /// One word a token of the text; tokens without a letter or digit are left out.
    let words: [String]

    /// Takes the words out of a text.
    init(_ text: String) {
        words = text.split(whereSeparator: \.isWhitespace).map(WordSequence.normalized).filter { !$0.isEmpty }
    }

    /// How many words there are.
    var count: Int { words.count }

    /// Whether the words are nothing but phrases of this list, one after the other.
    ///
    /// Hyphens and spaces within a phrase do not matter: "mm-hm", "mm hm" and "mmhm" are the same.
    func consists(of phrases: [String]) -> Bool {
        guard !words.isEmpty else { return false }
        let known = Set(phrases.map { WordSequence($0).words.joined() })
        // reachable[i]: the first i words are phrases of the list.
        var reachable = [true] + Array(repeating: false, count: words.count)
        for start in words.indices where reachable[start] {
            var joined = ""
            for end in start..<words.count {
                joined += words[end]
                if known.contains(joined) { reachable[end + 1] = true }
            }
        }
        return reachable[words.count]
    }

    /// What is left of a text after these words at its beginning; nil if it does not begin with them.
    ///
    /// A text that is itself a beginning of these words leaves nothing.
    func remainder(of text: String) -> String? {
        var matched = 0
        var index = text.startIndex
        while matched < words.count {
            guard let start = text[index...].firstIndex(where: { !$0.isWhitespace }) else { return "" }
            let end = text[start...].firstIndex(where: \.isWhitespace) ?? text.endIndex
            let word = WordSequence.normalized(text[start..<end])
            if !word.isEmpty {
                guard word == words[matched] else { return nil }
                matched += 1
            }
            index = end
        }
        return String(text[index...]).trimmed
    }

    private static func normalized(_ token: Substring) -> String {
        String(token.filter { $0.isLetter || $0.isNumber }).lowercased()
    }
}

extension String {
    /// Whether there is nothing but white space.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }

    /// The text without white space at its ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }

    /// The longest beginning of the text that has at most this many UTF-8 bytes.
    func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var kept = ""
        var count = 0
        for character in self {
            count += character.utf8.count
            guard count <= limit else { break }
            kept.append(character)
        }
        return kept
    }
}
