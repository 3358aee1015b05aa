import RequestSigning
import Testing

@Suite("Stream token")
struct StreamTokenTests {
    private let signer = StreamTokenSigner(key: Array("a key of the tests".utf8))
    private let callSID = "CA22222222222222222222222222222222"

    private func mint() -> String {
        signer.mint(callSID: callSID, agent: "receptionist", expiresAt: 1_000, nonce: "n0nce")
    }

    @Test("a token gives back what it was minted for until its last second")
    func roundTrip() throws {
        let token = try signer.verify(mint(), now: 1_000)
        #expect(token.callSID == callSID)
        #expect(token.agent == "receptionist")
        #expect(token.expiresAt == 1_000)
        #expect(token.nonce == "n0nce")
    }

    @Test("a token is refused a second later")
    func expiry() {
        #expect(throws: StreamTokenError.expired(expiredSeconds: 1)) { try signer.verify(mint(), now: 1_001) }
        #expect(throws: Never.self) { try signer.verify(mint(), now: .min) }
    }

    @Test("a token of another key is refused")
    func otherKey() {
        let other = StreamTokenSigner(key: Array("another key".utf8))
        #expect(throws: StreamTokenError.wrongSignature) { try other.verify(mint(), now: 0) }
    }

    @Test("every changed character is refused")
    func changedCharacter() {
        let token = Array(mint().utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: StreamTokenError.self) {
                try signer.verify(String(decoding: changed, as: UTF8.self), now: 0)
            }
        }
    }

    @Test("what is no token is refused", arguments: ["", ".", "a", "a.b.c", "é.é", "AA==.AA==", "..", "+/.+/"])
    func malformed(text: String) {
        #expect(throws: StreamTokenError.self) { try signer.verify(text, now: 0) }
    }

    @Test("a token longer than the limit is refused unread")
    func tooLong() {
        let token = String(repeating: "A", count: StreamTokenSigner.maximumTokenBytes + 1)
        #expect(throws: StreamTokenError.malformed) { try signer.verify(token, now: 0) }
    }

    @Test("a token fits into a TwiML parameter and needs no escaping")
    func alphabet() {
        let token = signer.mint(
            callSID: callSID,
            agent: String(repeating: "x", count: 100),
            expiresAt: .max,
            nonce: RandomBytes.makeText(byteCount: 16)
        )
        #expect(token.utf8.count < 490)
        #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
    }
}
