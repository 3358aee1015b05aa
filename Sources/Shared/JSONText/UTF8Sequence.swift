/// Recognises well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Sequence {
    /// The length of the sequence at `index`, 1 to 4; 0 when it is malformed or cut short.
    static func length(at index: Int, in text: Span<UInt8>) -> Int {
        let first = text[index]
        let left = text.count - index
        switch first {
        case 0..<0x80:
            return 1
        case 0xC2...0xDF:
            return left >= 2 && isContinuation(text[index + 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard left >= 3, isContinuation(text[index + 2]) else { return 0 }
            return secondBytes(after: first).contains(text[index + 1]) ? 3 : 0
        case 0xF0...0xF4:
            guard left >= 4, isContinuation(text[index + 2]), isContinuation(text[index + 3]) else { return 0 }
            return secondBytes(after: first).contains(text[index + 1]) ? 4 : 0
        default:
            return 0
        }
    }

    private static func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }

    private static func secondBytes(after first: UInt8) -> ClosedRange<UInt8> {
        switch first {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
