internal import Logging

extension LogRecord {
    /// The fields of a journal entry, each as `NAME=value` ("systemd.journal-fields").
    ///
    /// `MESSAGE` holds the sentence with its facts, since that is what `journalctl` shows; the facts are fields too
    /// (`call.sid` → `CALL_SID`), so that `journalctl CALL_SID=…` finds a call in every process.
    func journalFields() -> [String] {
        var result = [
            "MESSAGE=" + sentence(), "PRIORITY=" + level.journalPriority, "SYSLOG_IDENTIFIER=dialtone-" + role,
            "DIALTONE_ROLE=" + role,
        ]
        if !instance.isEmpty { result.append("DIALTONE_INSTANCE=" + instance) }
        if !label.isEmpty { result.append("LOGGER=" + label) }
        result += ["CODE_FILE=" + file, "CODE_FUNC=" + function, "CODE_LINE=" + String(line)]
        let fixed: Set<String> = [
            "MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "DIALTONE_ROLE", "DIALTONE_INSTANCE", "LOGGER",
            "CODE_FILE", "CODE_FUNC", "CODE_LINE",
        ]
        for field in fields {
            guard let name = Self.journalName(field.key) else { continue }
            result.append((fixed.contains(name) ? "FIELD_" + name : name) + "=" + field.value)
        }
        return result
    }

    /// A metadata key as a journal field name, or `nil` if nothing of it is left.
    ///
    /// The journal takes A to Z, digits and underscores, at most 64 characters, and neither a digit nor an underscore
    /// first: `call.sid` → `CALL_SID`.
    static func journalName(_ key: String) -> String? {
        var name = ""
        for byte in key.uppercased().utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !name.isEmpty:
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                if !name.isEmpty { name += "_" }
            }
        }
        return name.isEmpty ? nil : String(name.prefix(58))
    }
}

extension Logger.Level {
    /// The syslog priority, which `journalctl -p` and its colours go by.
    var journalPriority: String {
        switch self {
        case .trace, .debug: "7"
        case .info: "6"
        case .notice: "5"
        case .warning: "4"
        case .error: "3"
        case .critical: "2"
        }
    }
}
