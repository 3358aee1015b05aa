import NIOCore
import Simulators
import Testing

@Suite struct EventLogTests {
    @Test func `a wait finds what was recorded before`() async throws {
        let log = EventLog<Int>()
        log.record(1)
        log.record(2)
        let found = try await log.waitFor("two") { $0 == 2 }
        #expect(found.sequence == 1)
    }

    @Test func `a wait ends with what is recorded later`() async throws {
        let log = EventLog<Int>()
        async let found = log.waitFor("seven") { $0 == 7 }
        log.record(6)
        log.record(7)
        #expect(try await found.event == 7)
    }

    @Test func `a wait from a later number does not look back`() async throws {
        let log = EventLog<Int>()
        log.record(1)
        let from = log.next
        log.record(1)
        #expect(try await log.waitFor("one", from: from) { $0 == 1 }.sequence == 1)
    }

    @Test func `a wait in vain says what it waited for`() async {
        let log = EventLog<Int>()
        await #expect(throws: EventLogTimeout(description: "nine")) {
            try await log.waitFor("nine", deadline: .zero) { $0 == 9 }
        }
    }

    @Test func `a full log drops its older half and counts it`() {
        let log = EventLog<Int>(capacity: 4)
        for number in 0..<5 { log.record(number) }
        #expect(log.all.map(\.event) == [2, 3, 4])
        #expect(log.all.map(\.sequence) == [2, 3, 4])
        #expect(log.dropped == 2)
    }

    @Test func `times do not go back`() {
        let log = EventLog<Int>()
        for number in 0..<10 { log.record(number) }
        let times = log.all.map(\.time)
        #expect(times == times.sorted())
    }
}
