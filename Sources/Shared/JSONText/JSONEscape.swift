/// Backslash escapes in JSON strings (RFC 8259 section 7), checked, undone and written.
enum JSONEscape {
    /// Checks the escape whose backslash is at `index`, and a whole surrogate pair at once; returns the offset after it.
    static func end(ofEscapeAt index: Int, in text: Span<UInt8>) throws(JSONError) -> Int {
        guard index + 1 < text.count else { throw JSONError(offset: text.count, reason: .unexpectedEnd) }
        switch text[index + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return index + 2
        case 0x75: break
        default: throw JSONError(offset: index, reason: .invalidEscape)
        }
        let unit = try codeUnit(at: index, in: text)
        guard unit & 0xF800 == 0xD800 else { return index + 6 }
        guard unit < 0xDC00, index + 7 < text.count, text[index + 6] == 0x5C, text[index + 7] == 0x75 else {
            throw JSONError(offset: index, reason: .unpairedSurrogate)
        }
        guard try codeUnit(at: index + 6, in: text) & 0xFC00 == 0xDC00 else {
            throw JSONError(offset: index, reason: .unpairedSurrogate)
        }
        return index + 12
    }

    /// Appends the bytes of `range` with its escapes undone; the range must have passed the checks of `JSONCursor`.
    static func unescape(_ range: Range<Int>, in text: Span<UInt8>, into output: inout [UInt8]) {
        output.reserveCapacity(output.count + range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text[index]
            guard byte == 0x5C, index + 1 < range.upperBound else {
                output.append(byte)
                index += 1
                continue
            }
            let kind = text[index + 1]
            guard kind == 0x75 else {
                output.append(plainByte(for: kind))
                index += 2
                continue
            }
            guard let next = try? end(ofEscapeAt: index, in: text), let first = try? codeUnit(at: index, in: text)
            else {
                return  // not reached for a checked range
            }
            var scalar = UInt32(first)
            if next - index == 12, let second = try? codeUnit(at: index + 6, in: text) {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + UInt32(second & 0x3FF)
            }
            if let encoded = Unicode.Scalar(scalar).flatMap(UTF8.encode) { output.append(contentsOf: encoded) }
            index = next
        }
    }

    /// Appends `string` in quotes, escaping quotes, backslashes and control characters only.
    static func appendQuoted(_ string: String, into output: inout [UInt8]) {
        let bytes = string.utf8
        output.reserveCapacity(output.count + bytes.count + 2)
        output.append(0x22)
        defer { output.append(0x22) }
        guard needsEscapes(string.utf8Span.span) else {
            output.append(contentsOf: bytes)
            return
        }
        for byte in bytes {
            switch byte {
            case 0x22, 0x5C:
                output.append(0x5C)
                output.append(byte)
            case 0..<0x20:
                appendControl(byte, into: &output)
            default:
                output.append(byte)
            }
        }
    }

    private static func needsEscapes(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x22 || bytes[index] == 0x5C {
            return true
        }
        return false
    }

    private static func appendControl(_ byte: UInt8, into output: inout [UInt8]) {
        output.append(0x5C)
        switch byte {
        case 0x08: output.append(0x62)
        case 0x09: output.append(0x74)
        case 0x0A: output.append(0x6E)
        case 0x0C: output.append(0x66)
        case 0x0D: output.append(0x72)
        default:
            output.append(contentsOf: [0x75, 0x30, 0x30, 0x30 + byte >> 4])
            output.append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
        }
    }

    private static func plainByte(for kind: UInt8) -> UInt8 {
        switch kind {
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: kind
        }
    }

    private static func codeUnit(at index: Int, in text: Span<UInt8>) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for position in (index + 2)..<(index + 6) {
            guard position < text.count else { throw JSONError(offset: text.count, reason: .unexpectedEnd) }
            let digit: UInt8
            switch text[position] {
            case 0x30...0x39: digit = text[position] - 0x30
            case 0x41...0x46: digit = text[position] - 0x37
            case 0x61...0x66: digit = text[position] - 0x57
            default: throw JSONError(offset: index, reason: .invalidEscape)
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
