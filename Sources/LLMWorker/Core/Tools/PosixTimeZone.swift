/// The rule for a time zone's future, as in `GMT0BST,M3.5.0/1,M10.5.0` (POSIX.1, environment variable TZ).
struct PosixTimeZone: Equatable, Sendable {
    /// When daylight saving time begins or ends in a year.
    enum Change: Equatable, Sendable {
        /// `Jn`: day 1 to 365, never 29 February.
        case julian(Int)

        /// `n`: day 0 to 365, with 29 February.
        case dayOfYear(Int)

        /// `Mm.w.d`: day d (0 is Sunday) of week w (5 is the last) of month m.
        case weekday(month: Int, week: Int, day: Int)
    }

    /// Daylight saving time: what it is, from when to when, in seconds after local midnight of the day.
    struct Daylight: Equatable, Sendable {
        var zone: ZoneOffset
        var begin: Change
        var beginSeconds: Int
        var end: Change
        var endSeconds: Int
    }

    /// Outside of daylight saving time.
    var standard: ZoneOffset

    /// Nil if there is none.
    var daylight: Daylight?

    /// Reads a rule; nil if it is not one.
    init?(_ text: String) {
        var rest = Substring(text)
        guard let name = Self.name(&rest), let west = Self.duration(&rest) else { return nil }
        standard = ZoneOffset(seconds: -west, isDaylight: false, abbreviation: name)
        guard !rest.isEmpty else { return }
        guard let daylightName = Self.name(&rest) else { return nil }
        var daylightSeconds = standard.seconds + 3600
        if !rest.hasPrefix(",") {
            guard let west = Self.duration(&rest) else { return nil }
            daylightSeconds = -west
        }
        guard let begin = Self.change(&rest), let end = Self.change(&rest), rest.isEmpty else { return nil }
        daylight = Daylight(
            zone: ZoneOffset(seconds: daylightSeconds, isDaylight: true, abbreviation: daylightName),
            begin: begin.0,
            beginSeconds: begin.1,
            end: end.0,
            endSeconds: end.1
        )
    }

    /// What is in force at a moment, in seconds since 1970 UTC.
    func offset(at moment: Int64) -> ZoneOffset {
        guard let daylight else { return standard }
        let year = CivilTime(secondsSinceEpoch: moment + Int64(standard.seconds)).year
        let begin = Self.seconds(daylight.begin, year: year) + Int64(daylight.beginSeconds - standard.seconds)
        let end = Self.seconds(daylight.end, year: year) + Int64(daylight.endSeconds - daylight.zone.seconds)
        let isDaylight = begin < end ? (begin..<end).contains(moment) : !(end..<begin).contains(moment)
        return isDaylight ? daylight.zone : standard
    }

    /// Local midnight of the day of a change, in seconds since 1970 as if local time were UTC.
    private static func seconds(_ change: Change, year: Int) -> Int64 {
        let newYear = CivilTime.daysSinceEpoch(year: year, month: 1, day: 1)
        let day: Int64
        switch change {
        case .julian(let number):
            day = newYear + Int64(number - 1) + (CivilTime.isLeapYear(year) && number >= 60 ? 1 : 0)
        case .dayOfYear(let number):
            day = newYear + Int64(number)
        case .weekday(let month, let week, let weekday):
            let first = CivilTime.daysSinceEpoch(year: year, month: month, day: 1)
            let next =
                month == 12
                ? CivilTime.daysSinceEpoch(year: year + 1, month: 1, day: 1)
                : CivilTime.daysSinceEpoch(year: year, month: month + 1, day: 1)
            let offset = (weekday - CivilTime.weekday(ofDay: first) + 7) % 7
            var found = first + Int64(offset + (week - 1) * 7)
            while found >= next { found -= 7 }
            day = found
        }
        return day * CivilTime.secondsPerDay
    }

    private static func name(_ rest: inout Substring) -> String? {
        if rest.hasPrefix("<") {
            guard let end = rest.firstIndex(of: ">") else { return nil }
            let name = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            return String(name)
        }
        let name = rest.prefix { $0.isASCII && $0.isLetter }
        rest = rest[name.endIndex...]
        return name.count >= 3 ? String(name) : nil
    }

    /// `[+-]hh[:mm[:ss]]`, in seconds.
    private static func duration(_ rest: inout Substring) -> Int? {
        var sign = 1
        if rest.hasPrefix("-") || rest.hasPrefix("+") {
            sign = rest.removeFirst() == "-" ? -1 : 1
        }
        guard var total = number(&rest, maximum: 167).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where rest.hasPrefix(":") {
            rest.removeFirst()
            guard let part = number(&rest, maximum: 59) else { return nil }
            total += part * unit
        }
        return sign * total
    }

    /// `,date[/time]`; the time is 2 o'clock if it is not given.
    private static func change(_ rest: inout Substring) -> (Change, Int)? {
        guard rest.hasPrefix(",") else { return nil }
        rest.removeFirst()
        let change: Change
        if rest.hasPrefix("M") {
            rest.removeFirst()
            guard let month = number(&rest, maximum: 12), month >= 1, rest.popFirst() == ".",
                let week = number(&rest, maximum: 5), week >= 1, rest.popFirst() == ".",
                let day = number(&rest, maximum: 6)
            else { return nil }
            change = .weekday(month: month, week: week, day: day)
        } else if rest.hasPrefix("J") {
            rest.removeFirst()
            guard let day = number(&rest, maximum: 365), day >= 1 else { return nil }
            change = .julian(day)
        } else {
            guard let day = number(&rest, maximum: 365) else { return nil }
            change = .dayOfYear(day)
        }
        guard rest.hasPrefix("/") else { return (change, 7200) }
        rest.removeFirst()
        guard let time = duration(&rest) else { return nil }
        return (change, time)
    }

    private static func number(_ rest: inout Substring, maximum: Int) -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard digits.count <= 3, let value = Int(digits), value <= maximum else { return nil }
        rest = rest[digits.endIndex...]
        return value
    }
}
