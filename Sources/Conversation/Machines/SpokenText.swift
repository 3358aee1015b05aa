/// The text of one speech, and how much of it a number of heard bytes stands for.
///
/// Where the synthesis told which audio speaks which text, that counts; within such a piece, and where nothing was
/// told, text and audio are taken to be in proportion. Characters are counted without white space.
struct SpokenText: Sendable, Equatable {
    /// A text in two parts.
    struct Split: Sendable, Equatable {
        /// What comes before the cut, without white space at its ends.
        let heard: String
        /// What comes after it, without white space at its beginning.
        let rest: String
    }

    private struct Segment: Sendable, Equatable {
        let characters: Int
        let end: Int
    }

    /// The whole text so far.
    private(set) var text: String
    private var segments: [Segment] = []

    /// Begins with this text.
    init(_ text: String = "") {
        self.text = text
    }

    /// How many characters there are, white space left out.
    var characters: Int { Self.count(text) }

    /// More text was given to the synthesis.
    mutating func append(_ piece: String) {
        text += piece
    }

    /// The audio up to this byte ends the next piece of the text.
    mutating func segmentEnded(_ piece: String, at byte: Int) {
        guard byte >= segments.last?.end ?? 0 else { return }
        segments.append(Segment(characters: Self.count(piece), end: byte))
    }

    /// Nothing behind this beginning of the text is spoken after all.
    mutating func cut(to beginning: String) {
        text = beginning
    }

    /// How many characters the first `bytes` of `received` bytes of audio speak.
    ///
    /// As long as the audio is not complete, the rest is taken to be as long as the voice's rate makes it.
    func characters(in bytes: Int, of received: Int, isRendered: Bool, rate: SpeechRate) -> Int {
        let total = characters
        if isRendered, bytes >= received { return received > 0 ? total : 0 }
        var counted = 0
        var start = 0
        for segment in segments {
            guard bytes < segment.end else {
                counted += segment.characters
                start = segment.end
                continue
            }
            let share = segment.characters * max(bytes - start, 0) / max(segment.end - start, 1)
            return min(counted + share, total)
        }
        let left = max(total - counted, 0)
        let known = max(received - start, 0)
        let length = isRendered ? known : max(known, left * rate.bytesPerCharacter)
        let share = length > 0 ? left * max(bytes - start, 0) / length : 0
        return min(counted + share, total)
    }

    /// Cuts behind the last word that lies wholly within so many characters.
    func split(atWord characters: Int) -> Split {
        cut(at: wordBoundary(characters))
    }

    /// Cuts before the sentence in which the text breaks off after so many characters.
    func split(atSentence characters: Int) -> Split {
        let limit = wordBoundary(characters)
        var start = text.startIndex
        var index = text.startIndex
        var endsSentence = false
        while index < limit {
            let character = text[index]
            index = text.index(after: index)
            if character.isWhitespace {
                if endsSentence { start = index }
            } else if !Self.closers.contains(character) {
                endsSentence = Self.enders.contains(character)
            }
        }
        // The cut may fall right behind a sentence.
        if endsSentence, index == text.endIndex || text[index].isWhitespace { start = index }
        return cut(at: start)
    }

    private static let enders: Set<Character> = [".", "!", "?", "…", "。", "！", "？"]
    private static let closers: Set<Character> = ["\"", "'", ")", "”", "’"]

    private static func count(_ text: String) -> Int {
        text.reduce(0) { $0 + ($1.isWhitespace ? 0 : 1) }
    }

    private func wordBoundary(_ characters: Int) -> String.Index {
        var left = characters
        var boundary = text.startIndex
        for index in text.indices {
            if text[index].isWhitespace {
                boundary = index
            } else {
                guard left > 0 else { return boundary }
                left -= 1
            }
        }
        return text.endIndex
    }

    private func cut(at index: String.Index) -> Split {
        Split(heard: String(text[..<index]).trimmed, rest: String(text[index...].drop(while: \.isWhitespace)))
    }
}

/// How many bytes of audio the voice of a call takes for one character, learnt from what it has spoken.
struct SpeechRate: Sendable, Equatable {
    /// 12 characters a second without white space: a usual telephone voice.
    private var bytes = 50 * 8_000 / 12
    private var characters = 50

    /// Bytes of mu-law audio for one character that is no white space.
    var bytesPerCharacter: Int { max(bytes / characters, 1) }

    /// A speech turned out to be so long.
    mutating func learned(characters: Int, bytes: Int) {
        guard characters > 0, bytes > 0 else { return }
        // What was learnt first fades, so that the numbers stay small and the rate stays current.
        if self.characters > 4_000 {
            self.characters /= 2
            self.bytes /= 2
        }
        self.characters += min(characters, 4_000)
        self.bytes += min(bytes, PlaybackLedger.maximumReport)
    }
}
