/// What may stand in an HTTP header field (RFC 9110 §5).
package enum HTTPFieldSyntax {
    /// Whether a field name is a token, so that it can carry no line break or separator.
    package static func isValidName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(self.isTokenByte)
    }

    /// Whether a field value holds no line break, NUL or other control character but the tab.
    package static func isValidValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// Whether one of the comma-separated elements of the values is `token`, in any case of letters.
    package static func contains(_ token: String, in values: some Sequence<String>) -> Bool {
        values.contains { value in
            value.split(separator: ",").contains { self.trim($0).lowercased() == token }
        }
    }

    /// The text without blanks and tabs around it.
    package static func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        return text
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
