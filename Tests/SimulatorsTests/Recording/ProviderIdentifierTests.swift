import Testing

@testable import Simulators

@Suite struct ProviderIdentifierTests {
    @Test func `a request id is a version 7 UUID that begins with its time`() {
        var generator = SeededGenerator(seed: 1)
        let id = ProviderIdentifier.timeOrdered(unixMilliseconds: 0x019F_0000_ABCD, using: &generator)
        let parts = id.split(separator: "-").map(String.init)
        #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
        #expect(id.hasPrefix("019f0000-abcd-7"))
        #expect(["8", "9", "a", "b"].contains(String(parts[3].prefix(1))))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_790_856_000_123, "2026-10-01T12:00:00.123Z"),
    ])
    func `a date is written as RFC 3339`(milliseconds: UInt64, text: String) {
        #expect(WallClock.timestamp(unixMilliseconds: milliseconds) == text)
    }
}
