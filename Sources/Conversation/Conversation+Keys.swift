// Keys the caller presses.
extension Conversation {
    /// A key was pressed: it cuts the agent off, unless what is said is protected.
    mutating func keyPressed(_ key: Character) {
        if let closing, !closing.isInterruptible { return }
        guard DigitCollector.isKey(key) else { return }
        if interruption == nil, isBusy, !isProtected { interrupt(.key) }
        silence.callerSpoke()
        switch digits.keyPressed(key) {
        case .ignored:
            break
        case .wait(let time):
            setTimer(.digits, time)
        case .completed(let keys):
            cancelTimer(.digits)
            keysEntered(keys)
        }
    }

    /// No further key came.
    mutating func digitsPaused() {
        if let keys = digits.timeoutPassed() { keysEntered(keys) }
    }

    private mutating func keysEntered(_ keys: String) {
        cancelTimer(.backstop)
        cancelTimer(.finalize)
        let words = endOfTurn.take(at: now)
        turnEnded((words.isEmpty ? "" : words + "\n") + "[keys pressed: \(keys)]", .keys)
    }
}
