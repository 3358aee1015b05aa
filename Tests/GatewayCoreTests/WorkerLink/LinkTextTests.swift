import Testing

@testable import GatewayCore

@Suite struct LinkTextTests {
    @Test func `Short text is one piece and no text is none`() {
        #expect(LinkText.pieces(of: "hello", maximumBytes: 5) == ["hello"])
        #expect(LinkText.pieces(of: "", maximumBytes: 5).isEmpty)
    }

    @Test func `Long text is cut between characters' encodings`() {
        let pieces = LinkText.pieces(of: "aé🎧bcd", maximumBytes: 4)
        #expect(pieces == ["aé", "🎧", "bcd"])
        #expect(pieces.allSatisfy { $0.utf8.count <= 4 })
    }
}
