/// One token of a JSON text; the ranges are byte offsets into the text.
package enum JSONToken: Equatable, Sendable {
    /// `{`
    case beginObject
    /// `}`
    case endObject
    /// `[`
    case beginArray
    /// `]`
    case endArray
    /// A member's name without its quotes, its colon already read; `escaped` says that it holds a backslash.
    case key(Range<Int>, escaped: Bool)
    /// A string without its quotes; `escaped` says that it holds a backslash.
    case string(Range<Int>, escaped: Bool)
    /// A number, checked against the grammar.
    case number(Range<Int>)
    /// `true`
    case `true`
    /// `false`
    case `false`
    /// `null`
    case null
    /// The text is over, and was one whole value.
    case end
}

/// A single-pass pull tokenizer for JSON text (RFC 8259), for hot paths.
///
/// It holds an index and the open containers only: pass the same bytes to every call. Nothing is allocated. Grammar,
/// UTF-8, escapes and surrogate pairs are checked here, so that the slices it hands out can be used as they are. After an
/// error the cursor is of no further use, but calling it is harmless.
package struct JSONCursor: Sendable {
    /// How many containers may be open at once.
    package static let maximumDepth = 64

    private enum Expectation: Sendable {
        case value
        case valueOrEndOfArray
        case keyOrEndOfObject
        case commaOrEnd
        case end
    }

    /// The offset of the next byte to be read.
    package private(set) var offset = 0

    /// How many containers are open.
    package private(set) var depth = 0

    private var expectation = Expectation.value
    private var objects: UInt64 = 0  // bit n: the container at depth n + 1 is an object

    /// A cursor at the beginning of a text.
    package init() {}

    /// Reads the next token.
    ///
    /// `end` comes once the one value of the text is complete and only whitespace is left, and again at each later call.
    package mutating func next(in text: Span<UInt8>) throws(JSONError) -> JSONToken {
        skipWhitespace(text)
        guard offset < text.count else {
            guard expectation == .end else { throw fault(.unexpectedEnd) }
            return .end
        }
        let byte = text[offset]
        switch expectation {
        case .value:
            return try readValue(byte, text)
        case .valueOrEndOfArray:
            return byte == .closingBracket ? closeContainer(.endArray) : try readValue(byte, text)
        case .keyOrEndOfObject:
            return byte == .closingBrace ? closeContainer(.endObject) : try readKey(text)
        case .commaOrEnd:
            return try readAfterValue(byte, text)
        case .end:
            throw fault(.trailingBytes)
        }
    }

    /// Reads over the next value, whatever it is; call it after a key, or where an array's element is due.
    ///
    /// Throws when no value comes next.
    package mutating func skipValue(in text: Span<UInt8>) throws(JSONError) {
        let outer = depth
        switch try next(in: text) {
        case .endObject, .endArray, .end, .key:
            throw fault(.unexpectedEnd)
        default:
            break
        }
        while depth > outer { _ = try next(in: text) }
    }

    /// Reads to the end of the innermost open container, past its closing bracket; does nothing outside of any.
    package mutating func skipRestOfContainer(in text: Span<UInt8>) throws(JSONError) {
        let inner = depth
        guard inner > 0 else { return }
        while depth >= inner { _ = try next(in: text) }
    }

    // MARK: - Structure

    private func fault(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: offset, reason: reason)
    }

    private mutating func skipWhitespace(_ text: Span<UInt8>) {
        while offset < text.count {
            switch text[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func readAfterValue(_ byte: UInt8, _ text: Span<UInt8>) throws(JSONError) -> JSONToken {
        let inObject = objects & (1 << UInt64(depth - 1)) != 0
        switch byte {
        case .comma:
            offset += 1
            skipWhitespace(text)
            guard offset < text.count else { throw fault(.unexpectedEnd) }
            return inObject ? try readKey(text) : try readValue(text[offset], text)
        case .closingBrace where inObject: return closeContainer(.endObject)
        case .closingBracket where !inObject: return closeContainer(.endArray)
        default: throw fault(.unexpectedByte(byte))
        }
    }

    private mutating func readKey(_ text: Span<UInt8>) throws(JSONError) -> JSONToken {
        guard text[offset] == .quote else { throw fault(.unexpectedByte(text[offset])) }
        let (range, escaped) = try readString(text)
        skipWhitespace(text)
        guard offset < text.count else { throw fault(.unexpectedEnd) }
        guard text[offset] == .colon else { throw fault(.unexpectedByte(text[offset])) }
        offset += 1
        expectation = .value
        return .key(range, escaped: escaped)
    }

    private mutating func readValue(_ byte: UInt8, _ text: Span<UInt8>) throws(JSONError) -> JSONToken {
        switch byte {
        case .quote:
            let (range, escaped) = try readString(text)
            valueEnded()
            return .string(range, escaped: escaped)
        case .openingBrace: return try openContainer(.beginObject)
        case .openingBracket: return try openContainer(.beginArray)
        case .minus, 0x30...0x39:
            let range = try readNumber(text)
            valueEnded()
            return .number(range)
        case 0x74: return try readWord(text, "true", .true)
        case 0x66: return try readWord(text, "false", .false)
        case 0x6E: return try readWord(text, "null", .null)
        default: throw fault(.unexpectedByte(byte))
        }
    }

    private mutating func openContainer(_ token: JSONToken) throws(JSONError) -> JSONToken {
        guard depth < Self.maximumDepth else { throw fault(.tooDeep) }
        let bit: UInt64 = 1 << UInt64(depth)
        let isObject = token == .beginObject
        objects = isObject ? objects | bit : objects & ~bit
        expectation = isObject ? .keyOrEndOfObject : .valueOrEndOfArray
        depth += 1
        offset += 1
        return token
    }

    private mutating func closeContainer(_ token: JSONToken) -> JSONToken {
        depth -= 1
        offset += 1
        valueEnded()
        return token
    }

    private mutating func valueEnded() {
        expectation = depth == 0 ? .end : .commaOrEnd
    }

    // MARK: - Scalars

    private mutating func readWord(
        _ text: Span<UInt8>,
        _ word: String,
        _ token: JSONToken
    ) throws(JSONError) -> JSONToken {
        for expected in word.utf8 {
            guard offset < text.count else { throw fault(.unexpectedEnd) }
            guard text[offset] == expected else { throw fault(.unexpectedByte(text[offset])) }
            offset += 1
        }
        valueEnded()
        return token
    }

    private mutating func readString(_ text: Span<UInt8>) throws(JSONError) -> (Range<Int>, escaped: Bool) {
        let count = text.count
        var index = offset + 1
        let start = index
        var escaped = false
        while index < count {
            let byte = text[index]
            switch byte {
            case .quote:
                offset = index + 1
                return (start..<index, escaped)
            case .backslash:
                escaped = true
                index = try JSONEscape.end(ofEscapeAt: index, in: text)
            case 0..<0x20:
                throw JSONError(offset: index, reason: .controlCharacter)
            case 0x20..<0x80:
                index += 1
            default:
                let length = UTF8Sequence.length(at: index, in: text)
                guard length > 0 else { throw JSONError(offset: index, reason: .invalidUTF8) }
                index += length
            }
        }
        throw JSONError(offset: count, reason: .unexpectedEnd)
    }

    private mutating func readNumber(_ text: Span<UInt8>) throws(JSONError) -> Range<Int> {
        let start = offset
        if text[offset] == .minus { offset += 1 }
        let leading = offset < text.count ? text[offset] : 0
        try readDigits(text)
        if leading == 0x30, offset - start > (text[start] == .minus ? 2 : 1) {
            throw JSONError(offset: start, reason: .invalidNumber)  // 01
        }
        if offset < text.count, text[offset] == 0x2E {
            offset += 1
            try readDigits(text)
        }
        if offset < text.count, text[offset] | 0x20 == 0x65 {
            offset += 1
            if offset < text.count, text[offset] == 0x2B || text[offset] == .minus { offset += 1 }
            try readDigits(text)
        }
        return start..<offset
    }

    private mutating func readDigits(_ text: Span<UInt8>) throws(JSONError) {
        let start = offset
        while offset < text.count, (0x30...0x39).contains(text[offset]) { offset += 1 }
        guard offset > start else { throw fault(offset < text.count ? .invalidNumber : .unexpectedEnd) }
    }
}

extension UInt8 {
    fileprivate static let quote: UInt8 = 0x22
    fileprivate static let comma: UInt8 = 0x2C
    fileprivate static let minus: UInt8 = 0x2D
    fileprivate static let colon: UInt8 = 0x3A
    fileprivate static let openingBracket: UInt8 = 0x5B
    fileprivate static let backslash: UInt8 = 0x5C
    fileprivate static let closingBracket: UInt8 = 0x5D
    fileprivate static let openingBrace: UInt8 = 0x7B
    fileprivate static let closingBrace: UInt8 = 0x7D
}
