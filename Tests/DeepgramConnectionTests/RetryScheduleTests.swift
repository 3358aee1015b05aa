import DeepgramConnection
import Testing
import WorkerProtocol

@Suite struct RetryScheduleTests {
    private let temporary = WorkerFailure(.unavailable, detail: "503")

    @Test func theCeilingDoublesAndTheDrawSpreads() {
        var schedule = RetrySchedule()
        var waits: [Int64?] = []
        for _ in 0..<3 { waits.append(schedule.delay(after: temporary, uptime: 0, at: 0, draw: 1)) }
        #expect(waits == [250, 500, 1000])
        var other = RetrySchedule()
        #expect(other.delay(after: temporary, uptime: 0, at: 0, draw: 0) == 0)
        #expect(other.delay(after: temporary, uptime: 0, at: 0, draw: 0.5) == 250)
    }

    @Test func itGivesUpAfterFiveTries() {
        var schedule = RetrySchedule()
        for _ in 0..<RetrySchedule.maximumTries {
            #expect(schedule.delay(after: temporary, uptime: 0, at: 0, draw: 0) != nil)
        }
        #expect(schedule.delay(after: temporary, uptime: 0, at: 0, draw: 0) == nil)
    }

    @Test func aStreakOfFailuresLastsTenSecondsAtMost() {
        var schedule = RetrySchedule()
        #expect(schedule.delay(after: temporary, uptime: 0, at: 0, draw: 0) == 0)
        #expect(schedule.delay(after: temporary, uptime: 0, at: 10_001, draw: 0) == nil)
    }

    @Test func aConnectionThatLivedStartsANewStreak() {
        var schedule = RetrySchedule()
        for _ in 0..<RetrySchedule.maximumTries { _ = schedule.delay(after: temporary, uptime: 0, at: 0, draw: 0) }
        #expect(schedule.delay(after: temporary, uptime: 10_000, at: 60_000, draw: 1) == 250)
        #expect(schedule.delay(after: temporary, uptime: 9_999, at: 60_000, draw: 1) == 500)
    }

    @Test func permanentFailuresAreNotTriedAgain() {
        var schedule = RetrySchedule()
        let permanent = WorkerFailure(.rejected, isPermanent: true, detail: "401")
        #expect(schedule.delay(after: permanent, uptime: 0, at: 0, draw: 0) == nil)
    }

    @Test func theProvidersWishToWaitIsKeptOrGivenUpOn() {
        var schedule = RetrySchedule()
        let busy = WorkerFailure(.overloaded, detail: "429", retryAfterMilliseconds: 3000)
        #expect(schedule.delay(after: busy, uptime: 0, at: 0, draw: 1) == 3000)
        let long = WorkerFailure(.overloaded, detail: "429", retryAfterMilliseconds: 60_000)
        #expect(schedule.delay(after: long, uptime: 0, at: 3000, draw: 1) == nil)
    }
}
