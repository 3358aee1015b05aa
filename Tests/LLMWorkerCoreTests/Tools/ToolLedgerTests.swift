import LLMWorkerCore
import NIOCore
import NIOEmbedded
import Testing

@Suite("Tool ledger")
struct ToolLedgerTests {
    private let loop = EmbeddedEventLoop()

    private func begin(_ key: String, _ ledger: inout ToolLedger) throws -> EventLoopPromise<ToolOutcome> {
        guard case .new(let promise) = ledger.claim(key, on: loop) else {
            throw ClaimError()
        }
        return promise
    }

    private struct ClaimError: Error {}

    @Test("a run is begun once, while it goes on and after it")
    func once() throws {
        var ledger = ToolLedger()
        let promise = try begin("k", &ledger)
        guard case .known(let joined) = ledger.claim("k", on: loop) else { throw ClaimError() }
        promise.succeed(ToolOutcome("done"))
        ledger.runEnded("k")
        guard case .known(let remembered) = ledger.claim("k", on: loop) else { throw ClaimError() }
        #expect(try joined.wait() == ToolOutcome("done"))
        #expect(try remembered.wait() == ToolOutcome("done"))
    }

    @Test("only so many go on at once")
    func running() throws {
        var ledger = ToolLedger()
        let promises = try (0..<ToolLedger.maximumRunning).map { try begin("k\($0)", &ledger) }
        guard case .refused = ledger.claim("one more", on: loop) else { throw ClaimError() }
        ledger.runEnded("k0")
        promises.forEach { $0.succeed(ToolOutcome("")) }
        try begin("one more", &ledger).succeed(ToolOutcome(""))
    }

    @Test("the oldest is forgotten when many have ended")
    func forgetting() throws {
        var ledger = ToolLedger()
        for index in 0...ToolLedger.maximumRemembered {
            try begin("k\(index)", &ledger).succeed(ToolOutcome(""))
            ledger.runEnded("k\(index)")
        }
        try begin("k0", &ledger).succeed(ToolOutcome(""))
        #expect(throws: ClaimError.self) { try begin("k1", &ledger) }
    }
}
