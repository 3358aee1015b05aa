extension JSONValue {
    /// Reads one JSON text, whole.
    ///
    /// Strict (RFC 8259): no comments, no trailing commas, no byte-order mark, nothing but whitespace after the value, at
    /// most `JSONCursor.maximumDepth` containers inside one another, numbers within a double. Of members with the same
    /// name the last wins.
    package static func parse(_ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        var cursor = JSONCursor()
        let first = try cursor.next(in: text)
        let value = try read(first, &cursor, text)
        _ = try cursor.next(in: text)  // the end, or trailing bytes
        return value
    }

    /// Reads one JSON text, whole; see the form over a span.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try parse(bytes.span)
    }

    /// Reads one JSON text, whole; see the form over a span.
    package static func parse(_ text: String) throws(JSONError) -> JSONValue {
        try parse(text.utf8Span.span)
    }

    private static func read(
        _ token: JSONToken,
        _ cursor: inout JSONCursor,
        _ text: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        switch token {
        case .beginObject: return .object(try readObject(&cursor, text))
        case .beginArray: return .array(try readArray(&cursor, text))
        case .string(let range, let escaped): return .string(JSONSlice.string(range, escaped: escaped, in: text))
        case .number(let range): return try readNumber(range, text)
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .null: return .null
        case .key, .endObject, .endArray, .end: throw JSONError(offset: cursor.offset, reason: .unexpectedEnd)
        }
    }

    private static func readObject(
        _ cursor: inout JSONCursor,
        _ text: Span<UInt8>
    ) throws(JSONError) -> JSONObject {
        var object = JSONObject()
        while case .key(let range, let escaped) = try cursor.next(in: text) {
            let key = JSONSlice.string(range, escaped: escaped, in: text)
            let token = try cursor.next(in: text)
            object[key] = try read(token, &cursor, text)
        }
        return object
    }

    private static func readArray(
        _ cursor: inout JSONCursor,
        _ text: Span<UInt8>
    ) throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        while true {
            let token = try cursor.next(in: text)
            if token == .endArray { return elements }
            elements.append(try read(token, &cursor, text))
        }
    }

    private static func readNumber(_ range: Range<Int>, _ text: Span<UInt8>) throws(JSONError) -> JSONValue {
        if let integer = JSONSlice.integer(range, in: text), integer != 0 || text[range.lowerBound] != 0x2D {
            return .integer(integer)  // minus zero is a number: its sign is kept
        }
        guard let number = JSONSlice.double(range, in: text) else {
            throw JSONError(offset: range.lowerBound, reason: .numberOutOfRange)
        }
        return .number(number)
    }
}
