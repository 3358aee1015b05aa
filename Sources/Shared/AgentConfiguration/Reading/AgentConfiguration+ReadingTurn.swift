extension AgentConfiguration {
    static func readTurn(_ section: YAMLSection) -> Turn {
        var turn = Turn()
        turn.backstopMilliseconds = section.integer(
            "backstop_ms",
            default: turn.backstopMilliseconds,
            in: 300...10_000
        )
        turn.bargeIn = readBargeIn(section.section("barge_in"))
        turn.falseInterruptionMilliseconds = section.integer(
            "false_interruption_ms",
            default: turn.falseInterruptionMilliseconds,
            in: 200...10_000
        )
        turn.noInputSeconds = section.integer("no_input_seconds", default: turn.noInputSeconds, in: 0...600)
        turn.noInputPrompts = section.texts(
            "no_input_prompts",
            default: turn.noInputPrompts,
            maximumCount: 10,
            length: 1...maximumSpokenCharacters
        )
        turn.dtmf = readDTMF(section.section("dtmf"))
        section.finish()
        return turn
    }

    private static func readBargeIn(_ section: YAMLSection) -> BargeIn {
        var bargeIn = BargeIn()
        bargeIn.isEnabled = section.bool("enabled", default: bargeIn.isEnabled)
        bargeIn.minimumWords = section.integer("minimum_words", default: bargeIn.minimumWords, in: 1...10)
        bargeIn.backchannels = section.texts(
            "backchannels",
            default: bargeIn.backchannels,
            maximumCount: 100,
            length: 1...100
        )
        bargeIn.protectGreeting = section.bool("protect_greeting", default: bargeIn.protectGreeting)
        section.finish()
        return bargeIn
    }

    private static func readDTMF(_ section: YAMLSection) -> DTMF {
        var dtmf = DTMF()
        if let text = section.field("finish_key")?.text(length: 0...10) {
            if text.count <= 1, text.allSatisfy({ "0123456789*#ABCD".contains($0) }) {
                dtmf.finishKey = text.first
            } else {
                section.fault("finish_key", "is \"\(text)\"; allowed: one of 0 to 9, *, #, A to D, or \"\" for none")
            }
        }
        dtmf.timeoutMilliseconds = section.integer(
            "timeout_ms",
            default: dtmf.timeoutMilliseconds,
            in: 500...20_000
        )
        dtmf.maximumDigits = section.integer("maximum_digits", default: dtmf.maximumDigits, in: 1...128)
        section.finish()
        return dtmf
    }
}
