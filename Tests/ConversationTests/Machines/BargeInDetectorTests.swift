import Testing

@testable import Conversation

@Suite("Barge-in")
struct BargeInDetectorTests {
    struct Row: CustomTestStringConvertible {
        let words: String
        var isSettled = false
        var minimum = 1
        var target = BargeInDetector.Target.speech
        let verdict: BargeInDetector.Verdict
        var testDescription: String { "\"\(words)\", settled \(isSettled), minimum \(minimum), \(target)" }
    }

    static let rows = [
        Row(words: "", verdict: .nothing),
        Row(words: " ... ", verdict: .nothing),
        Row(words: "stop", verdict: .interruption),
        Row(words: "stop", minimum: 2, verdict: .tooFew),
        Row(words: "stop that", minimum: 2, verdict: .interruption),
        Row(words: "stop", isSettled: true, minimum: 2, verdict: .interruption),
        Row(words: "Okay.", verdict: .backchannel),
        Row(words: "Mm hm, okay, yeah", verdict: .backchannel),
        Row(words: "mmhm", isSettled: true, verdict: .backchannel),
        Row(words: "okay but", verdict: .interruption),
        Row(words: "alright", verdict: .interruption),
        Row(words: "okay", target: .thought, verdict: .backchannel),
        Row(words: "and tomorrow", target: .thought, verdict: .interruption),
        Row(words: "yeah", minimum: 2, target: .question, verdict: .interruption),
        Row(words: "okay thank you bye", target: .farewell, verdict: .backchannel),
        Row(words: "bye", verdict: .interruption),
        Row(words: "wait", target: .farewell, verdict: .interruption),
        Row(words: "stop", isSettled: true, target: .protected, verdict: .forbidden),
    ]

    @Test("The table of verdicts", arguments: rows)
    func table(row: Row) {
        var settings = BargeInSettings()
        settings.minimumWords = row.minimum
        let detector = BargeInDetector(settings: settings)
        #expect(detector.verdict(on: row.words, isSettled: row.isSettled, target: row.target) == row.verdict)
    }
}
