/// Splits text into spoken words and compares them.
enum SpokenWords {
    /// The words of `text` as written; parts without a letter or digit belong to the word before them.
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        for part in text.split(whereSeparator: \.isWhitespace) {
            if part.contains(where: { $0.isLetter || $0.isNumber }) || words.isEmpty {
                words.append(String(part))
            }
        }
        return words.filter { $0.contains { $0.isLetter || $0.isNumber } }
    }

    /// `word` in lower case without the punctuation around it: the raw form a transcriber reports.
    static func raw(_ word: String) -> String {
        let isSpoken: (Character) -> Bool = { $0.isLetter || $0.isNumber }
        guard let first = word.firstIndex(where: isSpoken), let last = word.lastIndex(where: isSpoken) else {
            return ""
        }
        return word[first...last].lowercased()
    }

    /// Whether `word` is a number, in digits or spelled out.
    static func isNumber(_ word: String) -> Bool {
        let raw = self.raw(word)
        return raw.contains(where: \.isNumber) || self.numberWords.contains(raw)
    }

    private static let numberWords: Set<String> = [
        "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
        "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "double", "triple",
    ]
}
