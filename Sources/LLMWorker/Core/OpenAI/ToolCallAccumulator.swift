import JSONText

/// Puts tool calls together from the pieces of a stream, whatever way the server cuts them.
///
/// Servers send a call whole or in pieces, one or several in a chunk, with the id once, each time or never, with the same
/// index for different calls, and with arguments as text or as an object.
struct ToolCallAccumulator: Sendable {
    /// The most calls followed in one reply.
    static let maximumCalls = 64

    private struct Call {
        var index: Int?
        var id: String
        var name: String
        var arguments = ""
    }

    private var calls: [Call] = []

    /// Whether there are more calls than are followed.
    private(set) var hasOverflowed = false

    var isEmpty: Bool { calls.isEmpty }

    /// The calls, in the order they began; those without a name are none.
    var completed: [ModelToolCall] {
        calls.filter { !$0.name.isEmpty }.map {
            ModelToolCall(id: $0.id, name: $0.name, input: ToolInput(parsing: $0.arguments))
        }
    }

    /// Reads one entry of a delta's `tool_calls`.
    mutating func receive(_ entry: JSONValue) {
        let function = entry["function"]
        let index = entry["index"]?.lenientInt
        let id = entry["id"]?.stringValue ?? ""
        let name = function?["name"]?.stringValue ?? ""
        guard let position = position(index: index, id: id, name: name) else { return }
        if calls[position].id.isEmpty { calls[position].id = id }
        if calls[position].name.isEmpty { calls[position].name = name }
        switch function?["arguments"] {
        case .string(let piece)?:
            calls[position].arguments.append(piece, upTo: ToolInput.maximumBytes)
        case .object(let object)?:
            calls[position].arguments.append(JSONValue.object(object).serialized(), upTo: ToolInput.maximumBytes)
        default:
            break
        }
    }

    /// The call an entry belongs to, a new one if need be.
    private mutating func position(index: Int?, id: String, name: String) -> Int? {
        let known = calls.lastIndex { call in
            index == nil ? id.isEmpty || call.id == id : call.index == index
        }
        if let known {
            let isAnother = !name.isEmpty && !id.isEmpty && !calls[known].id.isEmpty && calls[known].id != id
            // Without any index and id, a name begins a call.
            let isUnmarked = index == nil && id.isEmpty && !name.isEmpty && !calls[known].name.isEmpty
            if !isAnother && !isUnmarked { return known }
        }
        guard calls.count < Self.maximumCalls else {
            hasOverflowed = true
            return nil
        }
        calls.append(Call(index: index, id: id, name: name))
        return calls.count - 1
    }
}
