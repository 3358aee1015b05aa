/// The members of a JSON object, in the order in which they were first set.
///
/// Names are compared as Swift strings. Two objects are equal when they hold the same members, in whatever order.
package struct JSONObject: Sendable {
    /// Above this many members a table finds them; below, a scan is faster.
    private static let maximumScannedMembers = 12

    private var members: [(key: String, value: JSONValue)] = []
    private var positions: [String: Int] = [:]  // filled only above `maximumScannedMembers`

    /// An empty object.
    package init() {}

    /// How many members there are.
    package var count: Int { members.count }

    /// Whether there are no members.
    package var isEmpty: Bool { members.isEmpty }

    /// The members' names, in order.
    package var keys: [String] { members.map(\.key) }

    /// The member of that name; setting nil removes it, setting a new one appends it.
    package subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): remove(at: position)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        positions.isEmpty ? members.firstIndex { $0.key == key } : positions[key]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if !positions.isEmpty {
            positions[key] = members.count - 1
        } else if members.count > Self.maximumScannedMembers {
            indexMembers()
        }
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        positions.removeAll(keepingCapacity: true)
        if members.count > Self.maximumScannedMembers { indexMembers() }
    }

    private mutating func indexMembers() {
        for (position, member) in members.enumerated() { positions[member.key] = position }
    }
}

extension JSONObject: Sequence {
    /// Goes over the members in order.
    package func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> {
        members.makeIterator()
    }
}

extension JSONObject: Equatable {
    /// Whether both hold the same members; their order does not matter.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object with these members, in this order; of members with the same name the last wins.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}
