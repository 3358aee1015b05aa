/// A date and time of day in the proleptic Gregorian calendar, without a zone.
package struct CivilTime: Equatable, Sendable {
    /// English names of the days, Sunday first.
    package static let dayNames = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// English names of the months, January first.
    package static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    static let secondsPerDay: Int64 = 86_400

    /// The year.
    package let year: Int

    /// 1 to 12.
    package let month: Int

    /// 1 to 31.
    package let day: Int

    /// 0 to 23.
    package let hour: Int

    /// 0 to 59.
    package let minute: Int

    /// 0 to 59.
    package let second: Int

    /// The time that many seconds after 1970-01-01 00:00:00.
    package init(secondsSinceEpoch: Int64) {
        let days = Self.floorDivide(secondsSinceEpoch, Self.secondsPerDay)
        let seconds = Int(secondsSinceEpoch - days * Self.secondsPerDay)
        // Days are counted in eras of 400 years that begin on 1 March, so that leap days come last.
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
        month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        hour = seconds / 3600
        minute = seconds / 60 % 60
        second = seconds % 60
    }

    /// Reads the date of an HTTP header, as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7, IMF-fixdate).
    package init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), let year = Int(parts[3]),
            (1...31).contains(day), (1...9999).contains(year),
            let month = Self.monthNames.firstIndex(where: { $0.prefix(3) == parts[2] })
        else { return nil }
        let clock = parts[4].split(separator: ":").map { Int64($0) ?? -1 }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0..<61).contains(clock[2])
        else { return nil }
        let days = Self.daysSinceEpoch(year: year, month: month + 1, day: 1) + day - 1
        self.init(secondsSinceEpoch: days * Self.secondsPerDay + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }

    /// Seconds since 1970-01-01 00:00:00.
    package var secondsSinceEpoch: Int64 {
        Self.daysSinceEpoch(year: year, month: month, day: day) * Self.secondsPerDay
            + Int64(hour * 3600 + minute * 60 + second)
    }

    /// The day of the week, 0 for Sunday.
    package var weekday: Int {
        Self.weekday(ofDay: Self.daysSinceEpoch(year: year, month: month, day: day))
    }

    /// Days from 1970-01-01 to a date.
    static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int64 {
        let marchYear = Int64(month <= 2 ? year - 1 : year)
        let era = floorDivide(marchYear, 400)
        let yearOfEra = marchYear - era * 400
        let marchMonth = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * marchMonth + 2) / 5 + Int64(day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The day of the week of a day counted from 1970-01-01, 0 for Sunday.
    static func weekday(ofDay day: Int64) -> Int {
        Int(day + 4 - floorDivide(day + 4, 7) * 7)
    }

    static func isLeapYear(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
