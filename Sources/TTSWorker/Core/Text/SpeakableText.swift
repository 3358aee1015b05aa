/// Turns a model's text into text that a voice can read, delta by delta.
///
/// Markdown marks, code blocks, emoji, tags and list markers are left out; addresses become the word "link"; a line
/// break that separates thoughts becomes a sentence end. Spaces of the deltas are kept (runs become one), so that the
/// results joined together read as one text. All state lives across deltas: a mark or an address may be cut anywhere.
package struct SpeakableText: Sendable {
    /// The longest tag or link target that is waited for, in scalars; what is longer is taken as closed.
    static let maximumHiddenScalars = 2048

    private enum Mode {
        case text
        /// Inside a code block; nothing is spoken.
        case fence
        /// Inside the round brackets of `[text](target)`.
        case linkTarget(depth: Int, length: Int)
        /// Inside `<…>`.
        case tag(content: String, length: Int)
        /// Inside an address, after its "link" was put out; holds punctuation that may end the sentence.
        case address(trailing: [Unicode.Scalar])
    }

    private var mode = Mode.text
    private var run: (mark: Unicode.Scalar, count: Int)?
    private var held: [Unicode.Scalar] = []
    private var isAfterBracket = false
    private var isAtLineStart = true
    private var newlines = 0
    private var isBlockLine = false
    private var followsBlockLine = false
    private var lastPut: Unicode.Scalar?
    private var lastVisible: Unicode.Scalar?
    private var output = String.UnicodeScalarView()

    /// Creates the state at the beginning of a reply.
    package init() {}

    /// Takes the next delta and returns what of it can be spoken already.
    package mutating func append(_ delta: String) -> String {
        for scalar in delta.unicodeScalars {
            accept(scalar)
        }
        return takeOutput()
    }

    /// Ends the reply: returns what was held back and starts anew.
    package mutating func finish() -> String {
        if let run {
            self.run = nil
            resolve(run.mark, count: run.count, next: nil)
        }
        releaseHeld()
        if case .address(let trailing) = mode {
            for scalar in trailing { put(scalar) }
        }
        let rest = takeOutput()
        self = SpeakableText()
        return rest
    }

    private mutating func takeOutput() -> String {
        let text = String(output)
        output = String.UnicodeScalarView()
        return text
    }

    // MARK: - Reading

    private mutating func accept(_ scalar: Unicode.Scalar) {
        if let run {
            guard scalar != run.mark else {
                self.run = (run.mark, min(run.count + 1, 1000))
                return
            }
            self.run = nil
            resolve(run.mark, count: run.count, next: scalar)
        }
        switch mode {
        case .text:
            acceptText(scalar)
        case .fence:
            if scalar == "`" { run = (scalar, 1) }
        case .linkTarget(let depth, let length):
            acceptTarget(scalar, depth: depth, length: length)
        case .tag(let content, let length):
            acceptTag(scalar, content: content, length: length)
        case .address(let trailing):
            acceptAddress(scalar, trailing: trailing)
        }
    }

    private mutating func acceptTarget(_ scalar: Unicode.Scalar, depth: Int, length: Int) {
        let open = scalar == "(" ? depth + 1 : scalar == ")" ? depth - 1 : depth
        if open == 0 || length >= Self.maximumHiddenScalars {
            mode = .text
        } else {
            mode = .linkTarget(depth: open, length: length + 1)
        }
    }

    private mutating func acceptTag(_ scalar: Unicode.Scalar, content: String, length: Int) {
        guard scalar == ">" || length >= Self.maximumHiddenScalars else {
            let kept = content.unicodeScalars.count < 8 ? content + String(scalar) : content
            mode = .tag(content: kept, length: length + 1)
            return
        }
        mode = .text
        let start = content.lowercased()
        if start.hasPrefix("http") || start.hasPrefix("www.") || start.hasPrefix("mailto:") {
            for scalar in "link".unicodeScalars { plain(scalar) }
        }
    }

    private mutating func acceptAddress(_ scalar: Unicode.Scalar, trailing: [Unicode.Scalar]) {
        switch scalar {
        case ".", ",", "!", "?", ";", ":":
            mode = .address(trailing: trailing + [scalar])
        case _ where scalar.properties.isWhitespace, ")", ">", "]", "\"", "'", "*", "`", "”", "’":
            mode = .text
            for held in trailing { put(held) }
            acceptText(scalar)
        default:
            mode = .address(trailing: [])
        }
    }

    private mutating func acceptText(_ scalar: Unicode.Scalar) {
        if isAfterBracket {
            isAfterBracket = false
            if scalar == "(" {
                mode = .linkTarget(depth: 1, length: 0)
                return
            }
        }
        if holdsAddress(scalar) { return }
        switch scalar {
        case "`", "*", "_", "-", "#", "~", "+", "<":
            run = (scalar, 1)
        case "[", "\\", "{", "}", "^", "\r":
            break
        case "]":
            isAfterBracket = true
        case ">" where isAtLineStart:
            break
        case "\n":
            newLine()
        case "•", "◦", "‣", "▪", "●":
            if isAtLineStart { isBlockLine = true }
        case "|":
            space()
        default:
            if scalar.properties.isWhitespace || (0x2190...0x21FF).contains(scalar.value) {
                space()
            } else if !scalar.isUnspeakable {
                plain(scalar)
            }
        }
    }

    /// Whether `scalar` was kept because it may belong to the beginning of an address.
    private mutating func holdsAddress(_ scalar: Unicode.Scalar) -> Bool {
        let startsWord = held.isEmpty && !(lastPut?.properties.isAlphabetic ?? false)
        guard !held.isEmpty || (startsWord && ["h", "H", "w", "W"].contains(scalar)) else { return false }
        var candidate = String.UnicodeScalarView(held)
        candidate.append(scalar)
        let start = String(candidate).lowercased()
        let patterns = ["http://", "https://", "www."]
        guard patterns.contains(where: { $0.hasPrefix(start) }) else {
            releaseHeld()
            return false
        }
        guard patterns.contains(start) else {
            held.append(scalar)
            return true
        }
        held = []
        for scalar in "link".unicodeScalars { plain(scalar) }
        mode = .address(trailing: [])
        return true
    }

    private mutating func releaseHeld() {
        let scalars = held
        held = []
        for scalar in scalars { plain(scalar) }
    }

    // MARK: - Marks

    /// Decides about a run of one mark, now that what follows is known (nil at the end of the reply).
    private mutating func resolve(_ mark: Unicode.Scalar, count: Int, next: Unicode.Scalar?) {
        let isFollowedBySpace = next?.properties.isWhitespace ?? true
        let isFollowedByDigit = next?.isDigit ?? false
        switch mark {
        case "`":
            if count >= 3 { toggleFence() }
        case "*", "+", "-":
            if isAtLineStart, count == 1, isFollowedBySpace {
                isBlockLine = true
            } else if mark == "+" {
                for _ in 0..<count { plain(mark) }
            } else if mark == "-" {
                resolveHyphens(count)
            }
        case "_":
            let isInsideWord = lastPut?.isLetterOrDigit ?? false && next?.isLetterOrDigit ?? false
            if isInsideWord { space() }
        case "#":
            if isAtLineStart {
                isBlockLine = true
            } else if isFollowedByDigit {
                for scalar in "number ".unicodeScalars { plain(scalar) }
            }
        case "~":
            if count == 1, isFollowedByDigit {
                for scalar in "about ".unicodeScalars { plain(scalar) }
            }
        case "<":
            if let next, count == 1, next.properties.isAlphabetic || next == "/" || next == "!" {
                mode = .tag(content: "", length: 0)
            } else {
                plain(mark)
            }
        default:
            plain(mark)
        }
    }

    private mutating func resolveHyphens(_ count: Int) {
        switch count {
        case 1:
            plain("-")
        case 2:
            space()
            plain("—")
            space()
        default:
            space()
        }
    }

    private mutating func toggleFence() {
        if case .fence = mode {
            mode = .text
            newLine()
        } else {
            mode = .fence
        }
    }

    // MARK: - Writing

    private mutating func newLine() {
        newlines += 1
        followsBlockLine = followsBlockLine || isBlockLine
        isBlockLine = false
        isAtLineStart = true
    }

    private mutating func space() {
        if !isAtLineStart { put(" ") }
    }

    /// Puts out a visible scalar, after the break that the lines before it call for.
    private mutating func plain(_ scalar: Unicode.Scalar) {
        if newlines > 0 {
            let isBreak = newlines > 1 || isBlockLine || followsBlockLine
            if isBreak, lastVisible?.isLetterOrDigit ?? false { put(".") }
            put(" ")
            newlines = 0
            followsBlockLine = false
        }
        isAtLineStart = false
        put(scalar)
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        guard scalar != " " || (lastPut != nil && lastPut != " ") else { return }
        output.append(scalar)
        lastPut = scalar
        if scalar != " " { lastVisible = scalar }
    }
}
