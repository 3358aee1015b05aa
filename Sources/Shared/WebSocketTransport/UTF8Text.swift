/// A strict UTF-8 check (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
package enum UTF8Text {
    /// Whether `bytes` are well-formed UTF-8; runs of ASCII cost one test for eight bytes.
    package static func isValid(_ bytes: Span<UInt8>) -> Bool {
        // Bytes hold no padding, so they may be read as raw memory.
        let raw = unsafe bytes.bytes
        let end = bytes.count
        var position = 0
        while position < end {
            if position &+ 8 <= end {
                // Any eight bytes are a valid UInt64, and the test above keeps them inside the span.
                let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
                if word & 0x8080_8080_8080_8080 == 0 {
                    position &+= 8
                    continue
                }
            }
            let lead = bytes[position]
            if lead < 0x80 {
                position &+= 1
                continue
            }
            let length = Self.sequenceLength(lead)
            guard length > 0, position &+ length <= end else { return false }
            guard Self.secondByteRange(lead).contains(bytes[position &+ 1]) else { return false }
            for index in 2..<max(2, length) where bytes[position &+ index] & 0xC0 != 0x80 { return false }
            position &+= length
        }
        return true
    }

    /// The number of bytes a sequence beginning with `lead` has; 0 if none may begin so.
    private static func sequenceLength(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    private static func secondByteRange(_ lead: UInt8) -> ClosedRange<UInt8> {
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
