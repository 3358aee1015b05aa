/// The answer of the built-in tool `current_time`.
package enum CurrentTime {
    /// One line a model can read aloud from, and the same moment in ISO 8601.
    ///
    /// - Parameters:
    ///   - moment: Seconds since 1970 UTC.
    ///   - zone: The zone's IANA name, for the reader.
    ///   - offset: What its clocks show then.
    /// - Returns: As `Wednesday, 1 July 2026, 1:00 PM, time zone Europe/London (BST). ISO 8601: 2026-07-01T13:00:00+01:00`.
    package static func text(at moment: Int64, zone: String, offset: ZoneOffset) -> String {
        let local = CivilTime(secondsSinceEpoch: moment + Int64(offset.seconds))
        let hour = local.hour % 12 == 0 ? 12 : local.hour % 12
        let half = local.hour < 12 ? "AM" : "PM"
        let spoken =
            "\(CivilTime.dayNames[local.weekday]), \(local.day) \(CivilTime.monthNames[local.month - 1]) "
            + "\(local.year), \(hour):\(twoDigits(local.minute)) \(half)"
        return "\(spoken), time zone \(zone) (\(offset.abbreviation)). ISO 8601: \(iso8601(local, offset.seconds))"
    }

    private static func iso8601(_ time: CivilTime, _ offset: Int) -> String {
        let sign = offset < 0 ? "-" : "+"
        let minutes = abs(offset) / 60
        let year = String(time.year)
        let date =
            "\(String(repeating: "0", count: max(0, 4 - year.count)))\(year)-\(twoDigits(time.month))-\(twoDigits(time.day))"
        let clock = "\(twoDigits(time.hour)):\(twoDigits(time.minute)):\(twoDigits(time.second))"
        return "\(date)T\(clock)\(sign)\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
