import Simulators
import Synchronization

/// Writes down what the agent says, from what the simulated synthesis was given, and prints it when it has been heard.
final class AgentScribe: Sendable {
    private struct State {
        var sentences: [String]
        var isHeard = false

        /// The call's own synthesis; others render fixed sentences ahead.
        var connection: Int?
    }

    private let console: Console
    private let greeting: String
    private let state: Mutex<State>

    /// Makes a scribe; the greeting was rendered before the call.
    init(console: Console, greeting: String) {
        self.console = console
        self.greeting = greeting
        state = Mutex(State(sentences: [greeting]))
    }

    /// Takes something the simulated Deepgram saw, from the beginning of the call on.
    func take(_ event: DeepgramEvent) {
        state.withLock { state in
            switch event {
            case .opened(let connection) where connection.kind == .speak: state.connection = connection.number
            // A greeting that was not ready ahead is spoken by the call itself, and is known already.
            case .synthesis(state.connection, let text) where !greeting.contains(text.trimmed()):
                state.sentences.append(text.trimmed())
            default: break
            }
        }
    }

    /// Takes something that happened in the call, before it is printed.
    func happened(_ happening: SimulatedCall.Happening) {
        guard case .script(let event, let time) = happening else { return }
        switch event {
        case .replyStarted: state.withLock { $0.isHeard = true }
        case .replyEnded: flush(at: time, note: "")
        case .speechStarted(_, true): flush(at: time, note: " …")
        case .finished: flush(at: time, note: "")
        case .speechStarted, .speechEnded, .key, .timedOut: break
        }
    }

    private func flush(at time: Int, note: String) {
        let text = state.withLock { state in
            guard state.isHeard else { return "" }
            defer {
                state.sentences = []
                state.isHeard = false
            }
            return state.sentences.joined(separator: " ")
        }
        guard !text.isEmpty else { return }
        console.line("          \(console.paint("agent ", .cyan, bold: true))  \(text)\(note)")
    }
}

extension String {
    /// The text without white space around it.
    fileprivate func trimmed() -> String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
