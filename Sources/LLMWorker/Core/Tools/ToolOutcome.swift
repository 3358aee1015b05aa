/// What a tool answered, in words for the model.
package struct ToolOutcome: Equatable, Sendable {
    /// The longest answer, bytes of UTF-8.
    package static let maximumBytes = 16 * 1024

    private static let cutMark = " […cut]"

    /// The words; they fit one link frame whatever is in them.
    package let content: String

    /// Whether the tool failed.
    package let isError: Bool

    /// Makes an outcome; control characters become spaces, and what is too long is cut and says so.
    package init(_ content: String, isError: Bool = false) {
        // A control character takes six bytes of JSON, and no model needs any but these two.
        let clean = String(
            String.UnicodeScalarView(
                content.unicodeScalars.map { scalar in
                    scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || scalar.value == 0x7F ? " " : scalar
                }
            )
        )
        self.content = Self.cut(clean, toBytes: Self.maximumBytes)
        self.isError = isError
    }

    /// A failure.
    package static func error(_ content: String) -> ToolOutcome {
        ToolOutcome(content, isError: true)
    }

    /// The beginning of a text, cut between characters, with a mark if anything is missing.
    static func cut(_ text: String, toBytes maximum: Int) -> String {
        guard text.utf8.count > maximum else { return text }
        var bytes = 0
        let kept = text.prefix { character in
            bytes += character.utf8.count
            return bytes <= maximum - cutMark.utf8.count
        }
        return kept + cutMark
    }
}
