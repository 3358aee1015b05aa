/// Gives each tool call of a conversation an id that no other has.
///
/// The id is also the key under which a tool runs once. Anthropic's and OpenAI's are unique; some compatible servers count
/// from zero in every reply, or give none.
package struct ToolCallNaming: Sendable {
    private var taken: Set<String>

    /// Knows the ids of a history.
    package init(history: WellFormedHistory) {
        taken = history.toolCallIDs
    }

    /// The id of a new call: the provider's own if it is legal and new, else a random one.
    package mutating func uniqueID(for proposed: String, using generator: inout some RandomNumberGenerator) -> String {
        var id = proposed.isEmpty ? "" : WellFormedHistory.legalID(proposed)
        while id.isEmpty || !taken.insert(id).inserted {
            id = "call_" + String(UInt64.random(in: .min ... .max, using: &generator), radix: 36)
        }
        return id
    }
}
