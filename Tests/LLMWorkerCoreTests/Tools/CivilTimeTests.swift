import LLMWorkerCore
import Testing

@Suite("Civil time")
struct CivilTimeTests {
    @Test(
        "known moments",
        arguments: [
            (0, 1970, 1, 1, 0, 0, 0, 4), (-1, 1969, 12, 31, 23, 59, 59, 3), (951_782_400, 2000, 2, 29, 0, 0, 0, 2),
            (1_795_515_300, 2026, 11, 24, 10, 15, 0, 2), (4_107_542_400, 2100, 3, 1, 0, 0, 0, 1),
            (-62_135_596_800, 1, 1, 1, 0, 0, 0, 1),
        ] as [(Int64, Int, Int, Int, Int, Int, Int, Int)]
    )
    func known(seconds: Int64, year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, weekday: Int) {
        let time = CivilTime(secondsSinceEpoch: seconds)
        #expect([time.year, time.month, time.day] == [year, month, day])
        #expect([time.hour, time.minute, time.second] == [hour, minute, second])
        #expect(time.weekday == weekday)
        #expect(time.secondsSinceEpoch == seconds)
    }

    @Test("every day of four centuries follows the one before")
    func everyDay() {
        var before = CivilTime(secondsSinceEpoch: -86_400 * 100_000)
        for day in Int64(-99_999)...60_000 {
            let time = CivilTime(secondsSinceEpoch: day * 86_400)
            let isNext = time.day == before.day + 1 || (time.day == 1 && before.day >= 28)
            guard isNext, time.weekday == (before.weekday + 1) % 7, time.secondsSinceEpoch == day * 86_400 else {
                Issue.record("day \(day): \(time)")
                return
            }
            before = time
        }
    }

    @Test("HTTP dates are read")
    func httpDate() {
        #expect(CivilTime(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")?.secondsSinceEpoch == 784_111_777)
    }

    @Test(
        "what is not an HTTP date is not read",
        arguments: [
            "", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 6x Nov 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov -999 08:49:37 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        ]
    )
    func badDate(text: String) {
        #expect(CivilTime(httpDate: text) == nil)
    }
}
