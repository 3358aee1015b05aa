/// One step of a simulated model's answer stream.
struct StreamStep: Equatable {
    /// What the step does.
    enum Action: Equatable {
        /// Sends this text, an event with its blank line.
        case send(String)
        /// Ends the body in good order.
        case finish
        /// Cuts the connection.
        case cut
        /// Sends nothing more and leaves the connection open.
        case stall
    }

    /// Microseconds to wait after the step before.
    var wait: Int
    var action: Action
    /// How many deltas of the answer have been sent once this step is done.
    var deltas: Int
}

extension StreamStep {
    /// The time between the pieces of an event that is split, in microseconds.
    static let splitGap = 300

    /// The steps up to and including delta number `deltas`, without the end.
    static func beginning(of steps: [StreamStep], deltas: Int) -> [StreamStep] {
        let cut = steps.firstIndex { $0.deltas > deltas } ?? steps.firstIndex { $0.action == .finish }
        return Array(steps[..<(cut ?? steps.endIndex)])
    }

    /// `beginning(of:deltas:)` with the last step a fault gives it.
    static func cut(_ steps: [StreamStep], by fault: ModelFault?, error: String, wait: Int) -> [StreamStep] {
        let limit: Int
        let ending: [Action]
        switch fault {
        case .errorEvent(let deltas)?: (limit, ending) = (deltas, [.send(error), .finish])
        case .endOfFile(let deltas)?: (limit, ending) = (deltas, [.finish])
        case .cutStream(let deltas)?: (limit, ending) = (deltas, [.cut])
        case .stall(let deltas)?: (limit, ending) = (deltas, [.stall])
        default: return steps
        }
        var kept = self.beginning(of: steps, deltas: limit)
        let sent = kept.last?.deltas ?? 0
        for (position, action) in ending.enumerated() {
            kept.append(StreamStep(wait: position == 0 ? wait : 0, action: action, deltas: sent))
        }
        return kept
    }

    /// Splits about half of the events into pieces sent one after the other, so that lines are cut over reads.
    static func split(_ steps: [StreamStep], using generator: inout SeededGenerator) -> [StreamStep] {
        var result: [StreamStep] = []
        var late = 0
        for step in steps {
            guard case .send(let text) = step.action, text.utf8.count > 1, Bool.random(using: &generator) else {
                result.append(StreamStep(wait: max(0, step.wait - late), action: step.action, deltas: step.deltas))
                late = max(0, late - step.wait)
                continue
            }
            let scalars = Array(text.unicodeScalars)
            let cut = Int.random(in: 1..<max(2, scalars.count), using: &generator)
            let pieces = [scalars.prefix(cut), scalars.dropFirst(cut)].map { piece in
                var view = String.UnicodeScalarView()
                view.append(contentsOf: piece)
                return String(view)
            }
            let before = result.last?.deltas ?? 0
            result.append(StreamStep(wait: max(0, step.wait - late), action: .send(pieces[0]), deltas: before))
            result.append(StreamStep(wait: self.splitGap, action: .send(pieces[1]), deltas: step.deltas))
            late = max(0, late - step.wait) + self.splitGap
        }
        return result
    }
}

/// When the deltas of a simulated answer come, in milliseconds.
package struct StreamTiming: Sendable, Equatable {
    /// From the request to the first delta of text.
    package var firstToken = 200
    /// Between deltas.
    package var betweenTokens = 20
    /// From the request to the response's head.
    package var headers = 20
    /// A keep-alive is sent after this much silence within a stream.
    package var pingInterval = 10_000

    /// Creates the timing of a small, fast model.
    package init() {}

    /// Creates a timing from the two figures that matter most.
    package init(firstToken: Int, betweenTokens: Int) {
        self.firstToken = firstToken
        self.betweenTokens = betweenTokens
        self.headers = min(self.headers, firstToken)
    }
}
