/// Which tool calls are running, and which ids have been used.
///
/// A call is started once and answered once; what comes later for its id is not wanted.
struct ToolLedger: Sendable, Equatable {
    /// One running call.
    struct Running: Sendable, Equatable {
        /// The call as given to the worker.
        let call: ToolCall
        /// Whether it changes anything in the world.
        let hasEffect: Bool
        /// How many bytes of its result are kept.
        let resultBytes: Int
    }

    /// The running calls in the order of their start.
    private(set) var running: [Running] = []
    private var usedIDs: Set<String> = []

    /// Whether nothing runs.
    var isIdle: Bool { running.isEmpty }

    /// Whether anything runs that changes the world.
    var hasRunningEffect: Bool { running.contains(where: \.hasEffect) }

    /// The call under an id that is legal and was not used in this call before.
    ///
    /// Providers number anew in each reply, some of them; a history needs ids that are unique, of letters, digits,
    /// `_` and `-` (Anthropic Messages API, tool use).
    mutating func admitted(_ call: ToolCall) -> ToolCall {
        let legal = call.id.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
            default: "_"
            }
        }
        let base = legal.isEmpty ? "call" : String(legal.prefix(64))
        var id = base
        var number = 2
        while !usedIDs.insert(id).inserted {
            id = "\(base)-\(number)"
            number += 1
        }
        return ToolCall(id: id, name: call.name, inputJSON: call.inputJSON.isBlank ? "{}" : call.inputJSON)
    }

    /// A call was started.
    mutating func started(_ call: ToolCall, hasEffect: Bool, resultBytes: Int) {
        running.append(Running(call: call, hasEffect: hasEffect, resultBytes: resultBytes))
    }

    /// A call was answered; nil if it does not run (any more).
    mutating func answered(id: String) -> Running? {
        guard let index = running.firstIndex(where: { $0.call.id == id }) else { return nil }
        return running.remove(at: index)
    }
}
