/// Decides what a simulated model answers; the same request always gives the same answer.
package struct Brain: Sendable {
    /// The decision.
    package let reply: @Sendable (BrainRequest) -> BrainReply

    /// Creates a brain from a closure, which must be fast: it runs on an event loop.
    package init(_ reply: @escaping @Sendable (BrainRequest) -> BrainReply) {
        self.reply = reply
    }

    /// Always says `text`.
    package static func fixed(_ text: String) -> Brain {
        Brain { _ in BrainReply(text) }
    }

    /// Says "You said: …", to check that each call hears its own words; a tool's answer is said back as "The tool said: …".
    package static let echo = Brain { request in
        if let result = request.toolResults.last { return BrainReply("The tool said: " + result.content) }
        let said = request.userText.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return BrainReply(said.isEmpty ? "You said nothing." : "You said: " + said)
    }

    /// Answers by the first rule that fits the last user text, and otherwise as `otherwise` does.
    package static func rules(_ rules: [BrainRule], otherwise: Brain = .receptionist) -> Brain {
        Brain { request in
            let said = request.userText.lowercased()
            let rule = rules.first { rule in
                request.toolResults.isEmpty ? said.contains(rule.contains.lowercased()) : false
            }
            return rule?.reply ?? otherwise.reply(request)
        }
    }

    /// The receptionist of Oak Dental.
    package static let receptionist = Brain { Receptionist.reply(to: $0) }
}

/// One rule of a scripted brain.
package struct BrainRule: Sendable, Equatable {
    /// The rule fits when the last user text contains this, whatever the capitals; the empty text always fits.
    package var contains: String
    /// What is answered then.
    package var reply: BrainReply

    /// Creates a rule.
    package init(contains: String, reply: BrainReply) {
        self.contains = contains
        self.reply = reply
    }
}
