/// Says times of the day in words.
enum SpokenTime {
    private static let hours = [
        "twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    ]

    /// `14:00` as "two o'clock", `9:30` as "half past nine", `9:45` as "nine forty-five"; anything else as it is.
    static func spoken(_ time: String) -> String {
        let parts = time.split(separator: ":")
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour),
            (0..<60).contains(minute)
        else { return time }
        let word = self.hours[hour % 12]
        switch minute {
        case 0: return word + " o'clock"
        case 15: return "quarter past " + word
        case 30: return "half past " + word
        case 45: return "quarter to " + self.hours[(hour + 1) % 12]
        default: return word + " " + (minute < 10 ? "oh " : "") + String(minute)
        }
    }
}
