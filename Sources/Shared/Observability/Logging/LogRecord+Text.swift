internal import Logging

extension LogRecord {
    /// One line for a person, with its newline: time, level, process, sentence, facts.
    ///
    /// `2026-11-24T09:05:03.120Z warning  stt-1  Provider refused the session  call.sid=CA1 status=429`.
    /// Control characters are escaped, so that a peer's text cannot forge a line or drive a terminal.
    func textLine() -> String {
        var line = LogTimestamp.text(microseconds: microseconds)
        line += " " + level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
        line += " " + identity + "  " + sentence()
        return line + "\n"
    }

    /// The message followed by the facts as `key=value`, on one line.
    func sentence() -> String {
        var line = Self.visible(Self.bounded(message))
        for (index, field) in fields.enumerated() {
            line += (index == 0 ? "  " : " ") + Self.visible(field.key) + "=" + Self.quoted(field.value)
        }
        return line
    }

    /// A value as it stands, or in double quotes if it is empty or holds spaces, quotes or an equals sign.
    private static func quoted(_ value: String) -> String {
        let text = visible(value)
        let isPlain = !text.isEmpty && !text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        guard !isPlain else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
    }

    /// The text with control characters written out: `\n`, `\t`, `\u{1b}`.
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
