import RequestSigning
import Testing

@testable import GatewayCore

@Suite struct StreamTokenRegistryTests {
    private var registry = StreamTokenRegistry(signer: StreamTokenSigner(key: [1, 2, 3]), capacity: 6)

    private mutating func mint(_ callSID: String, nonce: String, now: Int64 = 1000) throws -> String {
        let token = registry.mint(callSID: callSID, agent: "receptionist", now: now, nonce: nonce)
        return try #require(token)
    }

    @Test mutating func `A token admits its call once`() throws {
        let token = try mint("CA1", nonce: "a")
        #expect(try registry.redeem(token, callSID: "CA1", now: 1001).agent == "receptionist")
        #expect(throws: StreamTokenRegistry.Refusal.notOutstanding) {
            try registry.redeem(token, callSID: "CA1", now: 1001)
        }
        #expect(registry.count == 0)
    }

    @Test mutating func `A token of another call is refused and stays good`() throws {
        let token = try mint("CA1", nonce: "a")
        #expect(throws: StreamTokenRegistry.Refusal.wrongCall) {
            try registry.redeem(token, callSID: "CA2", now: 1000)
        }
        #expect(throws: Never.self) { try registry.redeem(token, callSID: "CA1", now: 1000) }
    }

    @Test mutating func `A token is good for a minute`() throws {
        let first = try mint("CA1", nonce: "a")
        #expect(throws: Never.self) { try registry.redeem(first, callSID: "CA1", now: 1060) }
        let second = try mint("CA1", nonce: "b")
        #expect(throws: StreamTokenRegistry.Refusal.invalid(.expired(expiredSeconds: 1))) {
            try registry.redeem(second, callSID: "CA1", now: 1061)
        }
    }

    @Test mutating func `Nothing and rubbish are refused`() {
        #expect(throws: StreamTokenRegistry.Refusal.missing) { try registry.redeem(nil, callSID: "CA1", now: 0) }
        #expect(throws: StreamTokenRegistry.Refusal.missing) { try registry.redeem("", callSID: "CA1", now: 0) }
        #expect(throws: StreamTokenRegistry.Refusal.invalid(.malformed)) {
            try registry.redeem("x", callSID: "CA1", now: 0)
        }
    }

    @Test mutating func `A token of another key or process is refused`() throws {
        let stranger = StreamTokenSigner(key: [9]).mint(callSID: "CA1", agent: "a", expiresAt: 2000, nonce: "n")
        #expect(throws: StreamTokenRegistry.Refusal.invalid(.wrongSignature)) {
            try registry.redeem(stranger, callSID: "CA1", now: 1000)
        }
        let sibling = StreamTokenSigner(key: [1, 2, 3]).mint(callSID: "CA1", agent: "a", expiresAt: 2000, nonce: "n")
        #expect(throws: StreamTokenRegistry.Refusal.notOutstanding) {
            try registry.redeem(sibling, callSID: "CA1", now: 1000)
        }
    }

    @Test mutating func `Of one call only the newest tokens are good`() throws {
        let tokens = try (0...StreamTokenRegistry.maximumPerCall).map { try mint("CA1", nonce: "n\($0)") }
        #expect(registry.count == StreamTokenRegistry.maximumPerCall)
        #expect(throws: StreamTokenRegistry.Refusal.notOutstanding) {
            try registry.redeem(tokens[0], callSID: "CA1", now: 1000)
        }
        #expect(throws: Never.self) { try registry.redeem(tokens[1], callSID: "CA1", now: 1000) }
    }

    @Test mutating func `When full, only what has expired makes room`() throws {
        for index in 0..<6 { _ = try mint("CA\(index)", nonce: "n") }
        #expect(registry.mint(callSID: "CA7", agent: "a", now: 1060, nonce: "n") == nil)
        #expect(registry.mint(callSID: "CA7", agent: "a", now: 1061, nonce: "n") != nil)
        #expect(registry.count == 1)
    }

    @Test mutating func `A finished call's tokens are forgotten`() throws {
        let token = try mint("CA1", nonce: "a")
        registry.forget(callSID: "CA1")
        registry.forget(callSID: "CA1")
        #expect(registry.count == 0)
        #expect(throws: StreamTokenRegistry.Refusal.notOutstanding) {
            try registry.redeem(token, callSID: "CA1", now: 1000)
        }
    }
}
