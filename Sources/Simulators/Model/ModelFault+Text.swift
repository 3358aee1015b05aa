extension ModelFault {
    /// The forms `init(_:)` reads, for a command's help.
    package static let forms =
        "STATUS, STATUS:RETRY_AFTER, hang, cut, slow:MS, error:DELTAS, eof:DELTAS, drop:DELTAS, stall:DELTAS, surprises, "
        + "empty, refusal, max-tokens"

    /// Reads a fault as written on a command line, such as `429:7` or `stall:3`; nil when it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let number = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count <= 2, parts.count == 1 || number.map({ $0 >= 0 }) == true else { return nil }
        if let status = Int(parts[0]) {
            guard (400...599).contains(status) else { return nil }
            self = .status(status, retryAfter: number)
            return
        }
        switch (parts[0], number) {
        case ("hang", nil): self = .hang
        case ("cut", nil): self = .cut
        case ("slow", let milliseconds?): self = .slowHeaders(milliseconds)
        case ("error", let deltas?): self = .errorEvent(afterDeltas: deltas)
        case ("eof", let deltas?): self = .endOfFile(afterDeltas: deltas)
        case ("drop", let deltas?): self = .cutStream(afterDeltas: deltas)
        case ("stall", let deltas?): self = .stall(afterDeltas: deltas)
        case ("surprises", nil): self = .surprises
        case ("empty", nil): self = .emptyReply
        case ("refusal", nil): self = .refusal
        case ("max-tokens", nil): self = .maximumTokens
        default: return nil
        }
    }
}
