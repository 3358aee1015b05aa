extension CallFaults {
    /// The names ``set(_:)`` takes, those with `:MS` followed by a number.
    package static let forms =
        "sign-wrongly, sign-upgrade-wrongly, unsigned-upgrade, no-token, numbers, unknown-events, malformed, uneven, "
        + "lose-marks, no-stop, cut:MS, silent-from:MS, start-delay:MS, swap-callbacks, repeat-callbacks"

    /// Switches on a fault as written on a command line; false when there is none of that name.
    package mutating func set(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let number = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count <= 2, parts.count == 1 || number.map({ (0...86_400_000).contains($0) }) == true else {
            return false
        }
        switch (parts[0], number) {
        case ("sign-wrongly", nil): signsWrongly = true
        case ("sign-upgrade-wrongly", nil): signsUpgradeWrongly = true
        case ("unsigned-upgrade", nil): leavesUpgradeUnsigned = true
        case ("no-token", nil): token = ""
        case ("numbers", nil): sendsNumbers = true
        case ("unknown-events", nil): sendsUnknownEvents = true
        case ("malformed", nil): sendsMalformedMessages = true
        case ("uneven", nil): sendsUnevenFrames = true
        case ("lose-marks", nil): losesMarks = true
        case ("no-stop", nil): leavesOutStop = true
        case ("cut", let time?): cutsAt = time
        case ("silent-from", let time?): silentLeg = time..<Int.max
        case ("start-delay", let delay?): startDelay = delay
        case ("swap-callbacks", nil): swapsCallbacks = true
        case ("repeat-callbacks", nil): repeatsCallbacks = true
        default: return false
        }
        return true
    }
}
