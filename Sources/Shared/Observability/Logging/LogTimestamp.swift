internal import Glibc

/// Times as they stand in log lines.
enum LogTimestamp {
    /// Microseconds since 1970, from the system's clock.
    static func now() -> Int64 {
        var time = timespec()
        // The kernel fills the structure that is passed; a failure leaves it zero.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// `2026-11-24T09:05:03.120Z`: UTC, to the millisecond.
    ///
    /// The civil date is computed here (days to year, month and day, Gregorian), since the C library's conversion
    /// reads files and locks.
    static func text(microseconds: Int64) -> String {
        let milliseconds = floorDivision(microseconds, 1_000).quotient
        let seconds = floorDivision(milliseconds, 1_000)
        let days = floorDivision(seconds.quotient, 86_400)
        let date = civil(days: days.quotient)
        let clock = days.remainder
        return pad(date.year, 4) + "-" + pad(date.month, 2) + "-" + pad(date.day, 2) + "T"
            + pad(clock / 3_600, 2) + ":" + pad(clock / 60 % 60, 2) + ":" + pad(clock % 60, 2) + "."
            + pad(seconds.remainder, 3) + "Z"
    }

    private static func floorDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The date of a day counted from 1970-01-01, by eras of 400 years that begin on 1 March of year 0.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivision(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
