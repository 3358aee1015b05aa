internal import Logging

extension LogRecord {
    /// One JSON object on one line, with its newline.
    ///
    /// Fixed keys first (`time`, `level`, `role`, `instance`, `message`), then the metadata under its own keys, all as
    /// strings; a metadata key that repeats a fixed one gets a trailing underscore.
    func jsonLine() -> String {
        var line = "{"
        var pairs = [
            ("time", LogTimestamp.text(microseconds: microseconds)), ("level", level.rawValue), ("role", role),
        ]
        if !instance.isEmpty { pairs.append(("instance", instance)) }
        pairs.append(("message", Self.bounded(message)))
        let fixed = Set(pairs.map(\.0))
        pairs += fields.map { (fixed.contains($0.key) ? $0.key + "_" : $0.key, $0.value) }
        for (index, pair) in pairs.enumerated() {
            if index > 0 { line += "," }
            Self.appendString(pair.0, to: &line)
            line += ":"
            Self.appendString(pair.1, to: &line)
        }
        return line + "}\n"
    }

    /// A JSON string (RFC 8259 §7): quote, backslash and control characters escaped.
    private static func appendString(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }
}
