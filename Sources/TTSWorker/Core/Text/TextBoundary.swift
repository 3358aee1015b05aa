/// How good a place for a cut is, from worst to best.
enum TextBoundary: Int, Comparable {
    /// Inside a word, a number, or between an abbreviation and its word.
    case forbidden
    /// Not to be known before more text arrives.
    case undecided
    case word
    case clause
    case sentence

    static func < (left: TextBoundary, right: TextBoundary) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Words with a full stop of their own; compared without case.
    private static let abbreviations: Set<String> = [
        "dr.", "mr.", "mrs.", "ms.", "prof.", "st.", "sr.", "jr.", "vs.", "etc.", "approx.", "dept.", "est.", "ext.",
        "tel.", "ave.", "rd.", "blvd.", "inc.", "ltd.", "co.", "corp.", "jan.", "feb.", "aug.", "sept.", "oct.",
        "nov.", "dec.", "rev.", "gen.", "hon.", "capt.", "sgt.", "fig.", "min.", "max.", "nr.", "bzw.", "z.b.",
    ]

    private static let closers: Set<Unicode.Scalar> = ["\"", "'", ")", "]", "”", "’", "»"]
    private static let openers: Set<Unicode.Scalar> = ["\"", "'", "(", "[", "“", "‘", "«"]
    private static let sentenceMarks: Set<Unicode.Scalar> = [".", "!", "?", "…"]
    private static let clauseMarks: Set<Unicode.Scalar> = [",", ";", ":", "—", "–"]

    /// Rates the gap after `token` (the scalars since the last white space), where `next` follows the white space.
    ///
    /// - Parameters:
    ///   - token: one run of visible scalars.
    ///   - next: the first scalar after the white space; nil if it has not arrived.
    /// - Returns: how good a cut there is.
    static func after(_ token: ArraySlice<Unicode.Scalar>, next: Unicode.Scalar?) -> TextBoundary {
        var visible = token
        while let last = visible.last, closers.contains(last) { visible.removeLast() }
        while let first = visible.first, openers.contains(first) { visible.removeFirst() }
        guard let mark = visible.last else { return .forbidden }
        var core = visible
        while let last = core.last, sentenceMarks.contains(last) || clauseMarks.contains(last) { core.removeLast() }
        if core.last?.isDigit ?? false {
            guard let next else { return .undecided }
            // Groups of one number: "+44 1632 960001", "5, 5, 5", "020 (7946)".
            if next.isDigit || next == "(" || next == "+" { return .forbidden }
        }
        if core.last == "+" { return .forbidden }
        if sentenceMarks.contains(mark) {
            return mark == "." && isAbbreviation(visible) ? .forbidden : .sentence
        }
        return clauseMarks.contains(mark) || visible.elementsEqual(["-"]) ? .clause : .word
    }

    /// A listed abbreviation, an initial ("J."), or letters each with its full stop ("e.g.", "U.S.").
    private static func isAbbreviation(_ token: ArraySlice<Unicode.Scalar>) -> Bool {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: token)
        let word = String(text)
        if abbreviations.contains(word.lowercased()) { return true }
        let isSpelled =
            token.count % 2 == 0
            && token.enumerated().allSatisfy { offset, scalar in
                offset % 2 == 0 ? scalar.properties.isAlphabetic : scalar == "."
            }
        guard isSpelled else { return false }
        guard token.count == 2, let initial = token.first else { return true }
        return initial.properties.isUppercase && initial != "I"
    }
}
