import JSONText
import SeededTesting
import Testing

@Suite("JSON parsing")
struct JSONParsingTests {
    @Test("every kind of value is read")
    func everyKind() throws {
        let value = try JSONValue.parse(#" {"a":[1,-2.5,true,false,null,"x"], "b" : {} , "c":[]} "#)
        let expected: JSONValue = ["a": [1, -2.5, true, false, nil, "x"], "b": [:], "c": []]
        #expect(value == expected)
        #expect(value["a"]?[1]?.doubleValue == -2.5)
        #expect(value["a"]?[9] == nil)
        #expect(value["zzz"] == nil)
    }

    @Test(
        "scalars stand alone",
        arguments: [
            ("1", .integer(1)), ("-0", .number(-0.0)), ("0", .integer(0)), ("1.0", .number(1)), ("1e2", .number(100)),
            ("-1.5E-1", .number(-0.15)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("0.1", .number(0.1)), ("5e-324", .number(.leastNonzeroMagnitude)), ("1e-999", .number(0)),
            ("\"\"", .string("")),
            ("true", .bool(true)), ("\t\r\n null \n", .null),
        ] as [(String, JSONValue)]
    )
    func scalars(text: String, value: JSONValue) throws {
        #expect(try JSONValue.parse(text) == value)
    }

    @Test("escapes and surrogate pairs are undone")
    func escapes() throws {
        let value = try JSONValue.parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00\u0000é😀""#)
        #expect(value.stringValue == "\"\\/\u{8}\u{C}\n\r\tAé€😀\u{0}é😀")
        #expect(try JSONValue.parse(#"{"\u0061":1}"#)["a"] == 1)
    }

    @Test("of members with the same name the last wins, in the first one's place")
    func duplicates() throws {
        let object = try #require(try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#).objectValue)
        #expect(object.keys == ["a", "b"])
        #expect(object["a"] == 3)
    }

    @Test(
        "malformed text is refused with reason and offset",
        arguments: [
            ("", 0, .unexpectedEnd), ("  ", 2, .unexpectedEnd), ("[1,]", 3, .unexpectedByte(0x5D)),
            ("[,1]", 1, .unexpectedByte(0x2C)), ("[1 2]", 3, .unexpectedByte(0x32)),
            ("{\"a\"}", 4, .unexpectedByte(0x7D)),
            ("{\"a\":}", 5, .unexpectedByte(0x7D)), ("{\"a\":1,}", 7, .unexpectedByte(0x7D)),
            ("{a:1}", 1, .unexpectedByte(0x61)), ("{\"a\":1", 6, .unexpectedEnd), ("[1", 2, .unexpectedEnd),
            ("[1}", 2, .unexpectedByte(0x7D)), ("{\"a\":1]", 6, .unexpectedByte(0x5D)), ("]", 0, .unexpectedByte(0x5D)),
            ("01", 0, .invalidNumber), ("-01", 0, .invalidNumber), ("-", 1, .unexpectedEnd), ("1.", 2, .unexpectedEnd),
            ("1.x", 2, .invalidNumber), ("1e", 2, .unexpectedEnd), ("1e+", 3, .unexpectedEnd),
            (".5", 0, .unexpectedByte(0x2E)),
            ("+1", 0, .unexpectedByte(0x2B)), ("1e999", 0, .numberOutOfRange), ("NaN", 0, .unexpectedByte(0x4E)),
            ("tru", 3, .unexpectedEnd), ("trux", 3, .unexpectedByte(0x78)), ("truee", 4, .trailingBytes),
            ("1 2", 2, .trailingBytes), ("{}{}", 2, .trailingBytes), ("\"a", 2, .unexpectedEnd),
            ("\"\\x\"", 1, .invalidEscape), ("\"\\u12g4\"", 1, .invalidEscape), ("\"\\u12\"", 1, .invalidEscape),
            ("\"\\u1", 4, .unexpectedEnd), ("\"\\", 2, .unexpectedEnd), ("\"\\ud800\"", 1, .unpairedSurrogate),
            ("\"\\udc00\"", 1, .unpairedSurrogate), ("\"\\ud800\\u0041\"", 1, .unpairedSurrogate),
            ("\"\n\"", 1, .controlCharacter), ("\"\u{0}\"", 1, .controlCharacter), ("'a'", 0, .unexpectedByte(0x27)),
            ("\u{FEFF}1", 0, .unexpectedByte(0xEF)), ("/**/1", 0, .unexpectedByte(0x2F)),
        ] as [(String, Int, JSONError.Reason)]
    )
    func refused(text: String, offset: Int, reason: JSONError.Reason) {
        #expect(throws: JSONError(offset: offset, reason: reason)) { try JSONValue.parse(text) }
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x22], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xE2, 0x82],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFF],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError(offset: 1, reason: .invalidUTF8)) { try JSONValue.parse([0x22] + bytes + [0x22]) }
    }

    @Test("the widest valid UTF-8 sequences are accepted")
    func validUTF8() throws {
        let text = "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}"
        #expect(try JSONValue.parse("\"\(text)\"").stringValue == text)
    }

    @Test("64 levels are read and 65 are refused")
    func depth() throws {
        let limit = JSONCursor.maximumDepth
        let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        _ = try JSONValue.parse(deepest)
        #expect(throws: JSONError(offset: limit, reason: .tooDeep)) { try JSONValue.parse("[" + deepest + "]") }
        let objects = String(repeating: "{\"a\":", count: limit + 1)
        #expect(throws: JSONError(offset: limit * 5, reason: .tooDeep)) { try JSONValue.parse(objects) }
    }

    @Test("every truncation of a valid text is refused")
    func truncation() {
        let text = Array(#"{"a":[1.5e3,"\ud83d\ude00é",true,null],"b":{"c":-12}}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue.parse(Array(text[..<length])) }
        }
    }

    @Test("random bytes never trap, and what is accepted reads back the same", arguments: [1, 2, 3, 4] as [UInt64])
    func randomBytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet =
            Array(#"{}[]:,"\/bfnrtu0123456789dD8aeE+-. truefalsn"#.utf8) + [
                0x00, 0x0A, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80,
            ]
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...24, using: &generator)
            let anyByte = Bool.random(using: &generator)
            let bytes = (0..<length).map { _ in
                anyByte
                    ? UInt8.random(in: .min ... .max, using: &generator)
                    : alphabet.randomElement(using: &generator) ?? 0
            }
            guard let value = try? JSONValue.parse(bytes) else { continue }
            #expect(try JSONValue.parse(value.serialized()) == value)
        }
    }

    @Test("a mutated message never traps", arguments: [11, 12] as [UInt64])
    func mutatedMessage(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let message = Array(
            #"{"event":"media","media":{"chunk":"1","payload":"\u00e9\ud83d\ude00","t":[1,-2.5e3]}}"#.utf8
        )
        for _ in 0..<20_000 {
            var bytes = message
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
            }
            _ = try? JSONValue.parse(bytes)
        }
    }
}
