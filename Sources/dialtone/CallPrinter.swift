import Simulators
import Synchronization

/// Prints a call as it goes on: who said what when, and a timing line for each turn.
final class CallPrinter: Sendable {
    private let console: Console
    private let lines: [String]
    private let transcript: Mutex<CallTranscript>

    /// Makes a printer for a script.
    init(console: Console, lines: [String]) {
        self.console = console
        self.lines = lines
        transcript = Mutex(CallTranscript(lines: lines))
    }

    /// The turns so far.
    var turns: [CallReport.Turn] { transcript.withLock { $0.turns } }

    /// Prints what the agent said.
    func agentSaid(_ text: String, at milliseconds: Int?) {
        let time = milliseconds.map { Self.time($0) } ?? "        "
        console.line("\(time)  \(console.paint("agent ", .cyan, bold: true))  \(text)")
    }

    /// Takes something that happened in the call.
    func happened(_ happening: SimulatedCall.Happening) {
        switch happening {
        case .answered(let milliseconds, _):
            console.line("          webhook answered in \(Self.decimal(milliseconds)) ms")
        case .cleared(let time): transcript.withLock { $0.cleared(at: time) }
        case .status: break
        case .script(let event, let time):
            transcript.withLock { $0.take(event, at: time) }
            script(event, at: time)
        }
    }

    private func script(_ event: CallerScript.Event, at time: Int) {
        switch event {
        case .speechStarted(let line, let isBargeIn):
            let words = lines.indices.contains(line) ? lines[line] : ""
            let note = isBargeIn ? console.paint("  (over the agent)", .yellow) : ""
            console.line("\(Self.time(time))  \(console.paint("caller", .green, bold: true))  \(words)\(note)")
        case .speechEnded: break
        case .replyStarted: console.line(console.paint("          " + timing(), .grey))
        case .replyEnded: break
        case .key(let key):
            console.line("\(Self.time(time))  \(console.paint("caller", .green, bold: true))  [key \(key)]")
        case .timedOut(let step):
            console.line(console.paint("\(Self.time(time))  step \(step + 1) of the script waited in vain", .red))
        case .finished(let hangUp): if hangUp { console.line("\(Self.time(time))  caller hangs up") }
        }
    }

    private func timing() -> String {
        let turns = turns
        let index = turns.count - 1
        let turn = turns[index]
        guard turn.said != nil else { return "greeting heard \(turn.replyStart ?? 0) ms after the stream began" }
        var text = "turn \(index): caller stopped → agent heard \(turn.voiceToVoice ?? 0) ms"
        if let bargeIn = turn.bargeIn { text += ", interruption → silence \(bargeIn) ms" }
        return text
    }

    /// `3.20 s` from milliseconds, right-aligned.
    static func time(_ milliseconds: Int) -> String {
        let text = decimal(Double(milliseconds) / 1000) + "s"
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }

    /// Two decimals.
    static func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = abs(hundredths % 100)
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
