import JSONText
package import WorkerProtocol

/// The history of the generation that is being asked for, as it comes in frames.
package struct PendingHistory: Sendable {
    /// The most messages a history may have.
    package static let maximumMessages = 10_000

    /// The most text a history may have, bytes.
    package static let maximumBytes = 4 << 20

    private var generation: UInt32?
    private var messages: [LanguageModelMessage] = []
    private var bytes = 0
    private var isTooLarge = false

    /// Nothing yet.
    package init() {}

    /// More messages have come; those of another generation are forgotten.
    package mutating func received(_ more: [LanguageModelMessage], generation: UInt32) {
        if self.generation != generation {
            self = PendingHistory()
            self.generation = generation
        }
        bytes += more.reduce(0) { $0 + Self.bytes(of: $1) }
        isTooLarge = isTooLarge || bytes > Self.maximumBytes || messages.count + more.count > Self.maximumMessages
        if isTooLarge { messages = [] } else { messages += more }
    }

    /// The history is complete: takes it; nil if it was too large.
    package mutating func take(generation: UInt32) -> [LanguageModelMessage]? {
        guard self.generation == generation else { return [] }
        defer { self = PendingHistory() }
        return isTooLarge ? nil : messages
    }

    /// A generation is not wanted any more.
    package mutating func forget(generation: UInt32) {
        if self.generation == generation { self = PendingHistory() }
    }

    private static func bytes(of message: LanguageModelMessage) -> Int {
        message.content.reduce(0) { total, block in
            switch block {
            case .text(let text): total + text.utf8.count
            case .toolUse(_, _, let input): total + input.serialized().utf8.count
            case .toolResult(_, let content, _): total + content.utf8.count
            }
        }
    }
}
