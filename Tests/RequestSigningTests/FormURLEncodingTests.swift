import RequestSigning
import Testing

@Suite("Form encoding")
struct FormURLEncodingTests {
    private func decode(_ text: String) -> [[String]] {
        FormURLEncoding.decode(Array(text.utf8)).map { [$0.0, $0.1] }
    }

    @Test("fields are decoded in order, repeated names kept")
    func decoding() {
        #expect(
            decode("a=1&b=x+y%20z&a=%C3%A9&c=&d&=e&&f=1=2") == [
                ["a", "1"], ["b", "x y z"], ["a", "é"], ["c", ""], ["d", ""], ["", "e"], ["f", "1=2"],
            ]
        )
    }

    @Test("broken percent signs stand for themselves", arguments: ["%", "%2", "%zz", "a%4"])
    func brokenPercent(text: String) {
        #expect(decode("x=" + text) == [["x", text]])
    }

    @Test("bytes that are not UTF-8 become replacement characters")
    func notUTF8() {
        #expect(decode("x=%FF%41") == [["x", "\u{FFFD}A"]])
    }

    @Test("fields are encoded so that they decode the same")
    func roundTrip() {
        let fields = [("Message", "Hello & goodbye! @#$%^*()=+"), ("é", "ñ😀"), ("", ""), ("a.b-c_d*", "~/?")]
        let text = FormURLEncoding.encode(fields)
        #expect(text.hasPrefix("Message=Hello+%26+goodbye%21+%40%23%24%25%5E*%28%29%3D%2B&%C3%A9="))
        #expect(decode(text) == fields.map { [$0.0, $0.1] })
    }

    @Test("fields beyond the limit are dropped")
    func limit() {
        let limit = FormURLEncoding.maximumFields
        #expect(decode(String(repeating: "a=1&", count: limit)).count == limit)
        #expect(decode(String(repeating: "a=1&", count: limit + 1)).count == limit)
    }
}
