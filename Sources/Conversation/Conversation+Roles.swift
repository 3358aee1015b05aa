// Sessions that are lost and come back.
extension Conversation {
    /// A session is gone: it is opened again, and what it owed is looked after.
    mutating func roleLost(_ role: Role, _ failure: Failure) {
        let action = roles.lost(role, isPermanent: failure.isPermanent, at: now)
        switch action {
        case .none: return
        case .reopen: emit(.openSession(role))
        case .reopenAfter(let delay): setTimer(.reopen(role), delay)
        case .giveUp: break
        }
        record(.roleLost(role, failure))
        guard phase == .live else { return }
        // One that was lost again too soon had not been back: its time goes on.
        if action == .reopen || !timers.isRunning(.roleAway(role)) {
            setTimer(.roleAway(role), settings.limits.roleAway)
        }
        switch role {
        case .stt: break  // what was settled is kept, the rest is heard again by the new session
        case .llm: modelLost()
        case .tts: synthesisLost()
        }
        if action == .giveUp { roleStayedAway(role) }
    }

    /// A session is back.
    mutating func roleRegained(_ role: Role) {
        guard let away = roles.regained(role, at: now) else { return }
        record(.roleRegained(role, away: away))
        guard phase == .live else { return }
        switch role {
        case .stt: break
        case .llm: modelRegained()
        case .tts: advanceSpeech()
        }
    }

    /// The wait before the next attempt is over.
    mutating func reopen(_ role: Role) {
        if roles.reopenPassed(role) { emit(.openSession(role)) }
    }

    /// A session has been away for too long, or has come back again and again without staying: the call ends with an
    /// apology, if one can be said.
    mutating func roleStayedAway(_ role: Role) {
        guard phase == .live else { return }
        if let rest = roles.settling(role, at: now) { setTimer(.roleAway(role), rest) }
        guard roles.isLost(role) else { return }
        guard let closing else {
            close(.roleAway(role), saying: .outage)
            return
        }
        if role == .tts {
            end(closing)
        } else {
            // The caller may yet keep the call up; then this has to be looked at again.
            setTimer(.roleAway(role), settings.limits.roleAway)
        }
    }
}
