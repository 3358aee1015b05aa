extension HandshakeFault {
    /// Reads a fault as written on a command line: a status, `hang` or `cut`; nil when it is none.
    package init?(_ text: String) {
        switch text {
        case "hang": self = .hang
        case "cut": self = .cut
        default:
            guard let status = Int(text), (400...599).contains(status) else { return nil }
            self = .status(status)
        }
    }
}

extension DeepgramSettings {
    /// The names `setFault` takes, those with `:MS` or `:BYTES` followed by a number.
    package static let faultForms =
        "noise, empty-finals, held-numbers, missing-utterance-end, duplicate-utterance-end, unknown-last-word-end, "
        + "drop-interims, garbage, close-after:MS, cut-after:MS, silent-after:MS, slow-send:MS, mute, missing-flushed, "
        + "missing-cleared, late-flushed, stall-after:BYTES, speak-cut-after:BYTES, speak-close-after:BYTES"

    /// Switches on a fault as written on a command line; false when there is none of that name.
    package mutating func setFault(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let number = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count <= 2, parts.count == 1 || number.map({ $0 >= 0 }) == true else { return false }
        switch (parts[0], number) {
        case ("noise", nil): self.listen.faults.noise = true
        case ("empty-finals", nil): self.listen.faults.emptyFinals = true
        case ("held-numbers", nil): self.listen.faults.heldNumbers = true
        case ("missing-utterance-end", nil): self.listen.faults.missingUtteranceEnd = true
        case ("duplicate-utterance-end", nil): self.listen.faults.duplicateUtteranceEnd = true
        case ("unknown-last-word-end", nil): self.listen.faults.unknownLastWordEnd = true
        case ("drop-interims", nil): self.listen.faults.dropInterims = true
        case ("garbage", nil):
            self.listen.faults.garbage = true
            self.speak.faults.garbage = true
        case ("close-after", let limit?):
            self.listen.faults.closeAfter = .init(
                milliseconds: limit,
                code: 1011,
                reason: "NET-0000: simulated failure"
            )
        case ("cut-after", let limit?): self.listen.faults.cutAfter = limit
        case ("silent-after", let limit?): self.listen.faults.silentAfter = limit
        case ("slow-send", let delay?): self.listen.faults.slowSend = delay
        case ("mute", nil): self.speak.faults.mute = true
        case ("missing-flushed", nil): self.speak.faults.missingFlushed = true
        case ("missing-cleared", nil): self.speak.faults.missingCleared = true
        case ("late-flushed", nil): self.speak.lateFlushed = true
        case ("stall-after", let limit?): self.speak.faults.stallAfterBytes = limit
        case ("speak-cut-after", let limit?): self.speak.faults.cutAfterBytes = limit
        case ("speak-close-after", let limit?): self.speak.faults.closeAfterBytes = limit
        default: return false
        }
        return true
    }
}
