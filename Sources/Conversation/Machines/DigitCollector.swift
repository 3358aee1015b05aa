/// Collects keys until the finish key, the maximum or a pause makes them a turn.
struct DigitCollector: Sendable, Equatable {
    /// What is to be done after a key.
    enum Action: Sendable, Equatable {
        /// Not a key of a telephone.
        case ignored
        /// Restart the timer with this time.
        case wait(Milliseconds)
        /// Stop the timer; the keys are complete.
        case completed(String)
    }

    private let settings: DigitSettings
    private var keys = ""

    /// Begins without keys.
    init(settings: DigitSettings) {
        self.settings = settings
    }

    /// Whether a sequence has begun and is not complete.
    var isCollecting: Bool { !keys.isEmpty }

    /// Whether a character is a key of a telephone.
    static func isKey(_ character: Character) -> Bool {
        "0123456789*#ABCD".contains(character)
    }

    /// A key was pressed; a finish key on its own stands for itself.
    mutating func keyPressed(_ key: Character) -> Action {
        guard Self.isKey(key) else { return .ignored }
        if key == settings.finishKey, isCollecting { return .completed(take()) }
        keys.append(key)
        if key == settings.finishKey || keys.count >= settings.maximum { return .completed(take()) }
        return .wait(settings.timeout)
    }

    /// The pause after the last key ran out; nil if no keys are there.
    mutating func timeoutPassed() -> String? {
        isCollecting ? take() : nil
    }

    /// Forgets the keys.
    mutating func discard() {
        keys = ""
    }

    private mutating func take() -> String {
        defer { keys = "" }
        return keys
    }
}
