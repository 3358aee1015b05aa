import FoundationEssentials

/// Rules about single texts; each answers whether the text is fine.
enum TextRules {
    /// Where the time zones are.
    static let zoneFolder = "/usr/share/zoneinfo"

    /// A telephone number in E.164 form: a plus sign and up to fifteen digits, the first not zero.
    static func isTelephoneNumber(_ text: String) -> Bool {
        let digits = Array(text.utf8.dropFirst())
        return text.utf8.first == UInt8(ascii: "+") && (2...15).contains(digits.count)
            && digits.allSatisfy { (0x30...0x39).contains($0) } && digits[0] != 0x30
    }

    /// A SIP address such as `sip:desk@example.com`.
    static func isSIPAddress(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), ["sip", "sips"].contains(text[..<colon].lowercased()) else {
            return false
        }
        let parts = text[text.index(after: colon)...].split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }
    }

    /// An agent's name: lower-case letters, digits, `-` and `_`, not more than 64.
    static func isAgentName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "-_".utf8.contains(byte)
            }
    }

    /// A tool's name as every provider takes it: letters, digits, `-` and `_`, not more than 64.
    static func isToolName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || "-_".utf8.contains($0) }
    }

    /// A model's name: printable ASCII without spaces.
    static func isModelName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// A language tag such as `en` or `pt-BR` (BCP 47, in shape only), or `multi`.
    static func isLanguage(_ text: String) -> Bool {
        if text == "multi" { return true }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.utf8.count), first.allSatisfy(\.isLetter) else {
            return false
        }
        return parts.dropFirst().allSatisfy { (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(isAlphanumeric) }
    }

    /// A Twilio account identifier: `AC` and 32 hexadecimal digits.
    static func isAccountSID(_ text: String) -> Bool {
        text.utf8.count == 34 && text.hasPrefix("AC") && text.dropFirst(2).allSatisfy(\.isHexDigit)
    }

    /// A header's name (RFC 9110, token).
    static func isHeaderName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    /// A header's value: visible characters and spaces.
    static func isHeaderValue(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// A time zone that this machine's zone files know, or UTC.
    static func isTimeZone(_ text: String) -> Bool {
        if text == "UTC" { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { isAlphanumeric($0) || "_+-".utf8.contains($0) }
        }
        guard isName, let file = FileManager.default.contents(atPath: zoneFolder + "/" + text) else { return false }
        return file.starts(with: "TZif".utf8)
    }

    /// What is wrong with the `${NAME}` placeholders of a text; nil when nothing is.
    static func placeholderProblem(_ text: String) -> String? {
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else { return "has a \"${\" without \"}\"" }
            let name = rest[..<end]
            let isName = name.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
            }
            guard isName, let first = name.utf8.first, !(0x30...0x39).contains(first) else {
                return "has the placeholder \"${\(name)}\"; allowed: ${NAME} of capital letters, digits and \"_\""
            }
            rest = rest[rest.index(after: end)...]
        }
        return nil
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
