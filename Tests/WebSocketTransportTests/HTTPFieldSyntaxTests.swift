import Testing
import WebSocketTransport

struct HTTPFieldSyntaxTests {
    @Test func namesAreTokens() {
        #expect(["Authorization", "x-1", "a!#$%&'*+.^_`|~"].allSatisfy(HTTPFieldSyntax.isValidName))
        #expect(["", "a b", "a:", "a\r\n", "ä", "(a)"].allSatisfy { !HTTPFieldSyntax.isValidName($0) })
    }

    @Test func valuesHoldNoControlCharacters() {
        #expect(["", "a b\tc", "Grüße", "\"x\""].allSatisfy(HTTPFieldSyntax.isValidValue))
        #expect(["a\r\nB: c", "a\n", "a\r", "\0", "a\u{7F}"].allSatisfy { !HTTPFieldSyntax.isValidValue($0) })
    }

    @Test func tokensAreFoundInListsInAnyCase() {
        #expect(HTTPFieldSyntax.contains("upgrade", in: ["keep-alive, Upgrade"]))
        #expect(HTTPFieldSyntax.contains("upgrade", in: ["close", "\tUPGRADE "]))
        #expect(!HTTPFieldSyntax.contains("upgrade", in: ["upgraded", "up grade", ""]))
    }
}
