import Testing

@testable import GatewayCore

@Suite struct CallRegistryTests {
    private final class Call {}

    private var registry = CallRegistry<Call>(maximumCalls: 2)

    private func word(_ admission: CallRegistry<Call>.Admission) -> String {
        switch admission {
        case .known: "known"
        case .open: "open"
        case .full: "full"
        case .draining: "draining"
        }
    }

    @Test mutating func `Calls are admitted up to the limit and known ones always`() {
        #expect(word(registry.admission(of: "CA1")) == "open")
        registry.insert(Call(), callSID: "CA1")
        registry.insert(Call(), callSID: "CA2")
        #expect(word(registry.admission(of: "CA3")) == "full")
        #expect(word(registry.admission(of: "CA1")) == "known")
        registry.finish("CA1", outcome: .over, now: 0)
        #expect(word(registry.admission(of: "CA3")) == "open")
        #expect(registry.count == 1)
    }

    @Test mutating func `A stopping gateway admits only those it has`() {
        registry.insert(Call(), callSID: "CA1")
        registry.isDraining = true
        #expect(word(registry.admission(of: "CA2")) == "draining")
        #expect(word(registry.admission(of: "CA1")) == "known")
    }

    @Test mutating func `What became of a call is remembered for a while`() {
        registry.insert(Call(), callSID: "CA1")
        registry.finish("CA1", outcome: .hungUp, now: 100)
        registry.finish("CA1", outcome: .over, now: 200)
        #expect(registry.outcome(of: "CA1", now: 600_100) == .hungUp)
        #expect(registry.outcome(of: "CA1", now: 600_101) == nil)
        #expect(registry.outcome(of: "CA2", now: 100) == nil)
    }

    @Test mutating func `A call that comes again starts anew`() {
        registry.insert(Call(), callSID: "CA1")
        registry.finish("CA1", outcome: .hungUp, now: 0)
        registry.insert(Call(), callSID: "CA1")
        #expect(registry.outcome(of: "CA1", now: 0) == nil)
    }

    @Test mutating func `Finished calls are bounded`() {
        for index in 0...CallRegistry<Call>.maximumFinished {
            registry.insert(Call(), callSID: "CA\(index)")
            registry.finish("CA\(index)", outcome: .over, now: 0)
        }
        #expect(registry.outcome(of: "CA0", now: 0) == nil)
        #expect(registry.outcome(of: "CA1", now: 0) == .over)
    }
}
