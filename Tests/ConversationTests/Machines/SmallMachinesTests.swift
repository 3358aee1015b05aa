import Testing

@testable import Conversation

@Suite("Keys")
struct DigitCollectorTests {
    @Test(
        "The table of sequences",
        arguments: [
            ("1234#", "#", 32, ["1234"]),
            ("12", "#", 32, []),
            ("123456", "#", 3, ["123", "456"]),
            ("#", "#", 32, ["#"]),
            ("1#2#", "#", 32, ["1", "2"]),
            ("*1x2é#", "#", 32, ["*12"]),
            ("12#", nil, 3, ["12#"]),
        ] as [(String, Character?, Int, [String])]
    )
    func table(keys: String, finish: Character?, maximum: Int, turns: [String]) {
        var settings = DigitSettings()
        settings.finishKey = finish
        settings.maximum = maximum
        var collector = DigitCollector(settings: settings)
        var completed: [String] = []
        for key in keys {
            switch collector.keyPressed(key) {
            case .completed(let keys): completed.append(keys)
            case .wait(let time): #expect(time == 2000)
            case .ignored: #expect(!DigitCollector.isKey(key))
            }
        }
        #expect(completed == turns)
    }

    @Test("A pause completes what is there")
    func pause() {
        var collector = DigitCollector(settings: DigitSettings())
        #expect(collector.timeoutPassed() == nil)
        _ = collector.keyPressed("7")
        #expect(collector.isCollecting)
        #expect(collector.timeoutPassed() == "7")
        #expect(!collector.isCollecting)
    }
}

@Suite("Tools at work")
struct ToolLedgerTests {
    @Test("Ids are made legal and unique")
    func ids() {
        var ledger = ToolLedger()
        func id(_ raw: String) -> String {
            ledger.admitted(ToolCall(id: raw, name: "x", inputJSON: " ")).id
        }
        #expect(id("toolu_1") == "toolu_1")
        #expect(id("toolu_1") == "toolu_1-2")
        #expect(id("toolu_1") == "toolu_1-3")
        #expect(id("") == "call")
        #expect(id("") == "call-2")
        #expect(id("a b.ü") == "a_b__")
        #expect(ledger.admitted(ToolCall(id: "z", name: "x", inputJSON: "")).inputJSON == "{}")
    }

    @Test("A call is answered once")
    func answers() {
        var ledger = ToolLedger()
        let call = ToolCall(id: "a", name: "x", inputJSON: "{}")
        ledger.started(call, hasEffect: true, resultBytes: 10)
        #expect(ledger.hasRunningEffect)
        #expect(ledger.answered(id: "b") == nil)
        #expect(ledger.answered(id: "a")?.call == call)
        #expect(ledger.answered(id: "a") == nil)
        #expect(ledger.isIdle)
    }
}

@Suite("Lost sessions")
struct RoleWatchTests {
    @Test("The first attempt is made at once, later ones wait longer and longer")
    func backoff() {
        var watch = RoleWatch(limits: ConversationLimits())
        #expect(watch.lost(.stt, isPermanent: false, at: .zero) == .none)
        watch.opened(.stt, at: .zero)
        #expect(watch.isOpen(.stt))
        let delays = (0..<6).map { _ in
            let action = watch.lost(.stt, isPermanent: false, at: CallTime(10_000))
            #expect(watch.lost(.stt, isPermanent: false, at: CallTime(10_000)) == .none || action == .reopen)
            _ = watch.reopenPassed(.stt)
            return action
        }
        #expect(delays.first == .reopen)
        #expect(delays.last == .reopenAfter(2_000))
    }

    @Test("A session that comes back tells how long it was away")
    func regained() {
        var watch = RoleWatch(limits: ConversationLimits())
        watch.opened(.llm, at: .zero)
        #expect(watch.regained(.llm, at: .zero) == nil)
        _ = watch.lost(.llm, isPermanent: false, at: CallTime(100))
        #expect(watch.isLost(.llm))
        #expect(watch.held == [.llm])
        #expect(watch.regained(.llm, at: CallTime(700)) == 600)
        #expect(watch.isOpen(.llm))
    }

    @Test("A second permanent failure in a row is hopeless, and so are too many returns that do not last")
    func hopeless() {
        var watch = RoleWatch(limits: ConversationLimits())
        watch.opened(.tts, at: .zero)
        #expect(watch.lost(.tts, isPermanent: true, at: .zero) == .reopen)
        #expect(watch.lost(.tts, isPermanent: true, at: .zero) == .giveUp)
        watch.opened(.stt, at: .zero)
        var actions: [RoleWatch.Action] = []
        for _ in 0...RoleWatch.maximumLosses {
            actions.append(watch.lost(.stt, isPermanent: false, at: .zero))
            _ = watch.reopenPassed(.stt)
            _ = watch.regained(.stt, at: .zero)
        }
        #expect(actions[RoleWatch.maximumLosses - 1] == .reopenAfter(2_000))
        #expect(actions.last == .giveUp)
    }

    @Test("A loss long after the last one starts from the beginning")
    func stable() {
        var watch = RoleWatch(limits: ConversationLimits())
        watch.opened(.tts, at: .zero)
        #expect(watch.lost(.tts, isPermanent: false, at: .zero) == .reopen)
        _ = watch.regained(.tts, at: .zero)
        #expect(watch.lost(.tts, isPermanent: false, at: CallTime(4_999)) == .reopenAfter(250))
        _ = watch.reopenPassed(.tts)
        _ = watch.regained(.tts, at: CallTime(5_000))
        #expect(watch.lost(.tts, isPermanent: false, at: CallTime(10_000)) == .reopen)
    }
}

@Suite("The silent line")
struct SilenceWatchTests {
    @Test("Each silence has its timer, and goes on while it is the same")
    func lines() {
        var watch = SilenceWatch(settings: ConversationSettings(callID: "CA1"))
        #expect(watch.lineBecame(.busy) == .none)
        #expect(watch.lineBecame(.thinking) == .awaitReply(4_000))
        #expect(watch.lineBecame(.thinking) == .none)
        #expect(watch.lineBecame(.listening) == .awaitCaller(10_000))
        #expect(watch.silenceBegan() == .awaitCaller(10_000))
        #expect(watch.lineBecame(.busy) == .stop)
    }

    @Test("A silent caller is asked, then given up; words begin anew; voice holds it up once")
    func remedies() {
        var watch = SilenceWatch(settings: ConversationSettings(callID: "CA1"))
        #expect(watch.callerStayedSilent(isVoiceActive: true) == .wait)
        #expect(watch.callerStayedSilent(isVoiceActive: true) == .ask(0))
        #expect(watch.callerStayedSilent(isVoiceActive: false) == .giveUp)
        watch.callerSpoke()
        #expect(watch.callerStayedSilent(isVoiceActive: false) == .ask(0))
    }

    @Test("Without a filler and without a limit there are no timers")
    func switchedOff() {
        var settings = ConversationSettings(callID: "CA1")
        settings.silence.filler = " "
        settings.turn.noInput = nil
        var watch = SilenceWatch(settings: settings)
        #expect(watch.lineBecame(.thinking) == .stop)
        #expect(watch.lineBecame(.listening) == .stop)
    }
}

@Suite("Call time")
struct CallTimeTests {
    @Test("Arithmetic saturates")
    func saturation() {
        #expect(CallTime(.max) + 1 == CallTime(.max))
        #expect(CallTime(.min) - 1 == CallTime(.min))
        #expect(CallTime(.max) - CallTime(.min) == .max)
        #expect(CallTime(.min) - CallTime(.max) == .min)
        #expect(CallTime(5) - CallTime(2) == 3)
    }
}
