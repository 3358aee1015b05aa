#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The date, for the few fields of a provider's answers that carry one.
enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    static func unixMilliseconds() -> UInt64 {
        var now = timespec()
        // The address of a local value; the call cannot fail for CLOCK_REALTIME.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(max(0, now.tv_sec)) * 1000 + UInt64(max(0, now.tv_nsec)) / 1_000_000
    }

    /// `unixMilliseconds` as RFC 3339 in UTC, such as `2026-10-01T12:00:00.000Z`.
    static func timestamp(unixMilliseconds: UInt64, fraction: Bool = true) -> String {
        let days = Int(unixMilliseconds / 86_400_000)
        let inDay = Int(unixMilliseconds % 86_400_000)
        let (year, month, day) = self.civil(days)
        let seconds = inDay / 1000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { self.padded($0, 2) }.joined(separator: ":")
        let date = "\(self.padded(year, 4))-\(self.padded(month, 2))-\(self.padded(day, 2))"
        return date + "T" + clock + (fraction ? "." + self.padded(inDay % 1000, 3) : "") + "Z"
    }

    /// `unixMilliseconds` as RFC 2822 in UTC, such as `Mon, 05 Jan 2026 10:00:00 +0000`.
    static func mailDate(unixMilliseconds: UInt64) -> String {
        let days = Int(unixMilliseconds / 86_400_000)
        let (year, month, day) = self.civil(days)
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = self.timestamp(unixMilliseconds: unixMilliseconds, fraction: false).dropFirst(11).dropLast()
        return "\(weekday), \(self.padded(day, 2)) \(months[month - 1]) \(self.padded(year, 4)) \(clock) +0000"
    }

    /// Year, month and day of a day number counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
