/// Takes `<think>…</think>` out of a text that comes in pieces: what some models think aloud is not for the caller.
package struct ThinkTagFilter: Sendable {
    private static let opening = "<think>"
    private static let closing = "</think>"

    private var held = ""
    private var isThinking = false
    private var hasSpoken = false
    private var skipsSpace = false

    /// Outside of any tag.
    package init() {}

    /// What of the text so far may be spoken now; the beginning of what may become a tag is held back.
    package mutating func receive(_ piece: String) -> String {
        held += piece
        var spoken = ""
        while true {
            let tag = isThinking ? Self.closing : Self.opening
            guard let found = Self.find(tag, in: held) else { break }
            if !isThinking { appendSpeech(held[..<found.lowerBound], to: &spoken) }
            held = String(held[found.upperBound...])
            skipsSpace = isThinking && !hasSpoken
            isThinking.toggle()
        }
        let keep = Self.partialTag(isThinking ? Self.closing : Self.opening, atEndOf: held)
        if !isThinking { appendSpeech(held[..<keep], to: &spoken) }
        held = String(held[keep...])
        return spoken
    }

    /// What was held back and turned out to be no tag.
    package mutating func endOfText() -> String {
        defer { held = "" }
        return isThinking ? "" : held
    }

    /// Between a thought and the first words, white space is not speech yet.
    private mutating func appendSpeech(_ text: Substring, to spoken: inout String) {
        let speech = skipsSpace ? text.drop(while: \.isWhitespace) : text
        guard !speech.isEmpty else { return }
        skipsSpace = false
        hasSpoken = true
        spoken += speech
    }

    private static func find(_ tag: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while let index = text[start...].firstIndex(of: "<") {
            if text[index...].hasPrefix(tag) {
                return index..<text.index(index, offsetBy: tag.count)
            }
            start = text.index(after: index)
        }
        return nil
    }

    /// Where the beginning of a tag stands at the end of a text; its end if there is none.
    private static func partialTag(_ tag: String, atEndOf text: String) -> String.Index {
        guard let index = text.suffix(tag.count - 1).lastIndex(of: "<"), tag.hasPrefix(text[index...]) else {
            return text.endIndex
        }
        return index
    }
}
