import Testing

@testable import Conversation

@Suite("End of turn")
struct EndOfTurnDetectorTests {
    enum Step {
        case interim(String)
        case final(String)
        case end
        case backstop
        case deadline
        case voice(Bool)
    }

    struct Row: CustomTestStringConvertible {
        let name: String
        let steps: [Step]
        let turns: [String]
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "finals are joined until the end of the turn",
            steps: [.interim("my number"), .final("My number is 555"), .final("1234."), .end],
            turns: ["My number is 555 1234."]
        ),
        Row(
            name: "an end of turn without words commits what is settled",
            steps: [.final("yes"), .final(""), .end],
            turns: ["yes"]
        ),
        Row(name: "an end of turn without any words is no turn", steps: [.end, .final(""), .end], turns: []),
        Row(name: "a second end of turn is ignored", steps: [.final("yes"), .end, .end], turns: ["yes"]),
        Row(
            name: "unsettled words are the last resort at the end of a turn",
            steps: [.final("book"), .interim("a table"), .end],
            turns: ["book a table"]
        ),
        Row(
            name: "a late settlement of words that were answered is dropped",
            steps: [.interim("book a table"), .end, .final("Book a table."), .end],
            turns: ["book a table"]
        ),
        Row(
            name: "what a late settlement adds is kept",
            steps: [
                .interim("book a table"), .end, .interim("book a table for two"), .final("Book a table for two."), .end,
            ],
            turns: ["book a table", "for two."]
        ),
        Row(
            name: "other words after an unsettled turn are kept whole",
            steps: [.interim("yes"), .end, .interim("no wait"), .final("no wait"), .end],
            turns: ["yes", "no wait"]
        ),
        Row(
            name: "the backstop asks first, then the deadline ends the turn",
            steps: [.interim("hello"), .backstop, .deadline],
            turns: ["hello"]
        ),
        Row(
            name: "a settlement that was asked for ends the turn",
            steps: [.interim("hello"), .backstop, .final("Hello."), .deadline, .end],
            turns: ["Hello."]
        ),
        Row(
            name: "new words while asking go on with the turn",
            steps: [.final("hello"), .backstop, .interim("there"), .deadline, .final("there"), .end],
            turns: ["hello there"]
        ),
        Row(
            name: "a withdrawn interim leaves nothing",
            steps: [.interim("uh"), .final(""), .backstop, .deadline, .end],
            turns: []
        ),
        Row(
            name: "running voice holds the backstop up four times",
            steps: [
                .voice(true), .final("so"), .backstop, .deadline, .backstop, .backstop, .backstop, .backstop, .deadline,
            ],
            turns: ["so"]
        ),
    ]

    @Test("The table of turns", arguments: rows)
    func table(row: Row) {
        var detector = EndOfTurnDetector(settings: TurnSettings())
        var turns: [String] = []
        var now = CallTime.zero
        for step in row.steps {
            now = now + 100
            let action: EndOfTurnDetector.Action
            switch step {
            case .interim(let text):
                action = detector.interimReceived(detector.unanswered(text, isSettled: false, at: now), at: now)
            case .final(let text):
                action = detector.finalReceived(detector.unanswered(text, isSettled: true, at: now), at: now)
            case .end: action = detector.endOfTurnReceived(.speechFinal, at: now)
            case .backstop: action = detector.backstopPassed()
            case .deadline: action = detector.deadlinePassed(at: now)
            case .voice(let isActive):
                if isActive { detector.voiceActivityStarted() }
                action = isActive ? .none : detector.voiceActivityEnded(at: now)
            }
            if case .turnEnded(let text, _) = action { turns.append(text) }
        }
        #expect(turns == row.turns)
    }

    @Test("Words start the backstop, repeated words do not, and the end of voice starts it anew")
    func backstopTimes() {
        var detector = EndOfTurnDetector(settings: TurnSettings())
        #expect(detector.interimReceived("hello", at: .zero) == .wait(1500))
        #expect(detector.interimReceived("hello", at: CallTime(10)) == .none)
        #expect(detector.voiceActivityEnded(at: CallTime(20)) == .wait(1500))
        #expect(detector.lastHeard == CallTime(20))
        #expect(detector.backstopPassed() == .askForTranscript(700))
        #expect(detector.interimReceived("hello", at: CallTime(30)) == .none)
        #expect(detector.isFinalizing)
    }

    @Test("Answered words are forgotten after three seconds")
    func answeredWordsExpire() {
        var detector = EndOfTurnDetector(settings: TurnSettings())
        _ = detector.interimReceived("yes", at: .zero)
        _ = detector.endOfTurnReceived(.utteranceEnd, at: .zero)
        #expect(detector.unanswered("yes", isSettled: false, at: CallTime(3000)).isEmpty)
        #expect(detector.unanswered("yes", isSettled: false, at: CallTime(3001)) == "yes")
    }

    @Test("A turn that grows too long is ended")
    func maximum() {
        var detector = EndOfTurnDetector(settings: TurnSettings())
        let half = String(repeating: "a", count: EndOfTurnDetector.maximumCharacters / 2)
        #expect(detector.finalReceived(half, at: .zero) == .wait(1500))
        #expect(detector.finalReceived(half, at: .zero) == .wait(1500))
        #expect(detector.finalReceived("b", at: .zero) == .turnEnded("\(half) \(half) b", .backstop))
    }

    @Test("Keys take all words, and nothing if there are none")
    func keysTakeWords() {
        var detector = EndOfTurnDetector(settings: TurnSettings())
        #expect(detector.take(at: .zero).isEmpty)
        _ = detector.finalReceived("my code is", at: .zero)
        _ = detector.interimReceived("one", at: .zero)
        #expect(detector.take(at: .zero) == "my code is one")
        #expect(!detector.hasWords)
    }
}
