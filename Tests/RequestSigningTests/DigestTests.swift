import RequestSigning
import Testing

@Suite("Digests and random bytes")
struct DigestTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { (($0 < 16) ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test("HMAC-SHA1 gives the vectors of RFC 2202")
    func sha1() {
        let first = HMACSHA1.authenticationCode(key: .init(repeating: 0x0B, count: 20), message: Array("Hi There".utf8))
        #expect(hex(first) == "b617318655057264e28bc0b6fb378c8ef146be00")
        let long = HMACSHA1.authenticationCode(
            key: .init(repeating: 0xAA, count: 80),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        )
        #expect(hex(long) == "aa4ae5e15272d00e95705637ce8a3b55ed402112")
    }

    @Test("HMAC-SHA256 gives the vector of RFC 4231")
    func sha256() {
        let code = HMACSHA256.authenticationCode(
            key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8)
        )
        #expect(hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("an empty key and an empty message are allowed")
    func empty() {
        #expect(hex(HMACSHA1.authenticationCode(key: [], message: [])) == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d")
    }

    @Test("SHA-256 is written in lower-case hexadecimal")
    func hash() {
        #expect(SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("equality in constant time is equality")
    func equality() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 3]))
        #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
    }

    @Test("random bytes have the length asked for and differ")
    func random() {
        #expect(RandomBytes.make(count: 0).isEmpty)
        #expect(RandomBytes.make(count: 32).count == 32)
        #expect(RandomBytes.make(count: 32) != RandomBytes.make(count: 32))
    }
}
