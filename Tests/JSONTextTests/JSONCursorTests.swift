import JSONText
import Testing

@Suite("JSON cursor")
struct JSONCursorTests {
    private func tokens(_ text: String) throws -> [JSONToken] {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor()
        var tokens: [JSONToken] = []
        while tokens.last != .end { tokens.append(try cursor.next(in: bytes.span)) }
        return tokens
    }

    @Test("tokens carry the ranges of their text")
    func ranges() throws {
        #expect(
            try tokens(#"{"a\n" : "é", "b":[12, true,false ,null]}"#) == [
                .beginObject, .key(2..<5, escaped: true), .string(10..<12, escaped: false),
                .key(16..<17, escaped: false),
                .beginArray, .number(20..<22), .true, .false, .null, .endArray, .endObject, .end,
            ]
        )
    }

    @Test("the end repeats and the depth is counted")
    func endRepeats() throws {
        let bytes = Array("[[]] ".utf8)
        var cursor = JSONCursor()
        _ = try cursor.next(in: bytes.span)
        _ = try cursor.next(in: bytes.span)
        #expect(cursor.depth == 2)
        _ = try cursor.next(in: bytes.span)
        _ = try cursor.next(in: bytes.span)
        let ends = [try cursor.next(in: bytes.span), try cursor.next(in: bytes.span)]
        #expect(ends == [.end, .end])
        #expect(cursor.depth == 0)
    }

    @Test("a value is skipped whole, whatever it is", arguments: ["1", "\"x\"", "{\"q\":[{},[]]}", "[]", "null"])
    func skipsValue(value: String) throws {
        let bytes = Array("{\"skip\":\(value),\"take\":7}".utf8)
        var cursor = JSONCursor()
        _ = try cursor.next(in: bytes.span)
        _ = try cursor.next(in: bytes.span)
        try cursor.skipValue(in: bytes.span)
        guard case .key(let key, _) = try cursor.next(in: bytes.span) else {
            Issue.record("a key was expected")
            return
        }
        let matches = JSONSlice.matches(key, "take", in: bytes.span)
        #expect(matches)
    }

    @Test("skipping where no value is due throws")
    func skipsNothing() throws {
        let bytes = Array("[]".utf8)
        var cursor = JSONCursor()
        _ = try cursor.next(in: bytes.span)
        #expect(throws: JSONError.self) { try cursor.skipValue(in: bytes.span) }
    }

    @Test("the rest of a container is skipped past its bracket")
    func skipsRest() throws {
        let bytes = Array("[[1,[2],{\"a\":[]}],3]".utf8)
        var cursor = JSONCursor()
        for _ in 0..<3 { _ = try cursor.next(in: bytes.span) }
        try cursor.skipRestOfContainer(in: bytes.span)
        guard case .number(let range) = try cursor.next(in: bytes.span) else {
            Issue.record("a number was expected")
            return
        }
        let integer = JSONSlice.integer(range, in: bytes.span)
        #expect(integer == 3)
    }

    @Test("slices are compared and converted in place")
    func slices() {
        let bytes = Array("media-12 4.5".utf8)
        func matches(_ range: Range<Int>, _ word: String) -> Bool { JSONSlice.matches(range, word, in: bytes.span) }
        func integer(_ range: Range<Int>) -> Int64? { JSONSlice.integer(range, in: bytes.span) }
        #expect(matches(0..<5, "media"))
        #expect(!matches(0..<4, "media"))
        #expect(!matches(0..<5, "medix"))
        #expect(integer(5..<8) == -12)
        #expect(integer(5..<6) == nil)
        #expect(integer(0..<5) == nil)
        #expect(integer(3..<3) == nil)
        let double = JSONSlice.double(9..<12, in: bytes.span)
        #expect(double == 4.5)
        let string = JSONSlice.string(0..<5, escaped: false, in: bytes.span)
        #expect(string == "media")
    }

    @Test("a cursor survives bytes that shrink under it")
    func shrinkingBytes() throws {
        let long = Array("[1,2,3,4]".utf8)
        var cursor = JSONCursor()
        for _ in 0..<4 { _ = try cursor.next(in: long.span) }
        let short = Array("[".utf8)
        #expect(throws: JSONError.self) { try cursor.next(in: short.span) }
    }
}
