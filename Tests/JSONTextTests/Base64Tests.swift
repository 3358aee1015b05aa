import JSONText
import SeededTesting
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "the vectors of RFC 4648 hold both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.encodedCount(plain.utf8.count) == encoded.utf8.count)
    }

    @Test("a 20 ms frame is 216 characters ending in two equals signs")
    func frame() {
        let text = Base64.encode([UInt8](repeating: 0xFF, count: 160))
        #expect(text.utf8.count == 216)
        #expect(text.hasSuffix("=="))
        #expect(Base64.encodedCount(8000) == 10_668)
    }

    @Test("random bytes of every small length read back the same")
    func roundTrip() {
        var generator = SeededGenerator(seed: 31)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    @Test(
        "what is not canonical base64 is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "====", "Z===", "=Zg=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_", "Zh==",
            "Zm9=",
            "é===", "Zm=v",
        ]
    )
    func refused(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("decoding appends, and leaves the output alone when the text is invalid")
    func appends() {
        var output: [UInt8] = [1, 2]
        let good = Array("AwQ=".utf8)
        let bad = Array("AwQFBg=A".utf8)
        let accepted = Base64.decode(good.span, into: &output)
        #expect(accepted)
        #expect(output == [1, 2, 3, 4])
        let refused = !Base64.decode(bad.span, into: &output)
        #expect(refused)
        #expect(output == [1, 2, 3, 4])
    }

    @Test("encoding appends")
    func encodingAppends() {
        var output: [UInt8] = [0x22]
        let bytes: [UInt8] = [0xFB, 0xFF]
        Base64.encode(bytes.span, into: &output)
        #expect(output == Array("\"+/8=".utf8))
    }

    @Test("decoding into a span that is too short writes nothing")
    func shortTarget() {
        let text = Array("AQID".utf8)
        var storage: [UInt8] = [9, 9, 9]
        var short = storage.mutableSpan
        let count = Base64.decode(text.span, into: &short)
        #expect(count == 3)
        #expect(storage == [1, 2, 3])
        var tooShort: [UInt8] = [9, 9]
        var target = tooShort.mutableSpan
        let none = Base64.decode(text.span, into: &target)
        #expect(none == nil)
        #expect(tooShort == [9, 9])
    }

    @Test("random text never traps")
    func randomText() {
        var generator = SeededGenerator(seed: 32)
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...12, using: &generator)
            let text = (0..<length).map { _ in UInt8.random(in: 0x2B...0x7A, using: &generator) }
            var output: [UInt8] = []
            _ = Base64.decode(text.span, into: &output)
        }
    }
}
