/// Turns what happens in a call into the turns of its report.
///
/// A pure value: fed with the script's events, it knows which answer belongs to which line.
package struct CallTranscript: Sendable {
    /// The greeting first, then a turn for every line said.
    package private(set) var turns: [CallReport.Turn] = [CallReport.Turn()]

    private let lines: [String]

    /// Makes a transcript for a script's lines.
    package init(lines: [String]) { self.lines = lines }

    /// Takes an event of the script.
    package mutating func take(_ event: CallerScript.Event, at now: Int) {
        let last = turns.count - 1
        switch event {
        case .speechStarted(let line, let isBargeIn):
            var turn = CallReport.Turn(said: lines.indices.contains(line) ? lines[line] : "")
            turn.speechStart = now
            turn.isBargeIn = isBargeIn
            turns.append(turn)
        case .speechEnded: turns[last].speechEnd = now + 20
        case .replyStarted: if turns[last].replyStart == nil { turns[last].replyStart = now }
        case .replyEnded: turns[last].replyEnd = now
        case .key, .timedOut, .finished: break
        }
    }

    /// Takes a `clear` of the application.
    package mutating func cleared(at now: Int) {
        let last = turns.count - 1
        if turns[last].cleared == nil { turns[last].cleared = now }
    }

    /// Notes what the agent was understood to say in answer to turn `index`.
    package mutating func heard(_ text: String, turn index: Int) {
        guard turns.indices.contains(index) else { return }
        turns[index].heard = text
    }
}
