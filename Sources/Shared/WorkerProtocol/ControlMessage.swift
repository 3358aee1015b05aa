package import JSONText

/// A message of the link that travels as one JSON object in a control frame.
package protocol ControlMessage: Sendable, Equatable {
    /// Reads the message; unknown members are ignored, so that neighbouring releases understand one another.
    init(json: JSONValue) throws(ControlMessageError)

    /// The message as JSON, with its `type`.
    var json: JSONValue { get }
}

/// Why a control frame could not be understood; it ends its session, not the link.
package enum ControlMessageError: Error, Equatable, CustomStringConvertible {
    /// The body is not a JSON object with a string `type`.
    case notAMessage

    /// A `type` this side does not know.
    case unknownType(String)

    /// A member is missing or has the wrong type.
    case badMember(type: String, member: String)

    package var description: String {
        switch self {
        case .notAMessage: "a control frame must be a JSON object with a string \"type\""
        case .unknownType(let type): "unknown control message \"\(type)\""
        case .badMember(let type, let member):
            "control message \"\(type)\": member \"\(member)\" is missing or has the wrong type"
        }
    }
}

/// Reads the members of one control message, naming what is missing.
package struct ControlReader {
    /// The message's `type`.
    package let type: String

    private let value: JSONValue

    /// Takes a control frame's JSON.
    package init(_ value: JSONValue) throws(ControlMessageError) {
        guard let type = value["type"]?.stringValue else { throw .notAMessage }
        self.type = type
        self.value = value
    }

    /// A string that must be there.
    package func string(_ member: String) throws(ControlMessageError) -> String {
        guard let found = value[member]?.stringValue else { throw .badMember(type: type, member: member) }
        return found
    }

    /// An integer that must be there.
    package func integer(_ member: String) throws(ControlMessageError) -> Int {
        guard let found = value[member]?.intValue else { throw .badMember(type: type, member: member) }
        return found
    }

    /// A boolean that must be there.
    package func bool(_ member: String) throws(ControlMessageError) -> Bool {
        guard let found = value[member]?.boolValue else { throw .badMember(type: type, member: member) }
        return found
    }

    /// A generation number that must be there and fit 32 bits.
    package func generation(_ member: String = "generation") throws(ControlMessageError) -> UInt32 {
        guard let found = value[member]?.intValue, let generation = UInt32(exactly: found) else {
            throw .badMember(type: type, member: member)
        }
        return generation
    }

    /// A list that must be there.
    package func array(_ member: String) throws(ControlMessageError) -> [JSONValue] {
        guard let found = value[member]?.arrayValue else { throw .badMember(type: type, member: member) }
        return found
    }

    /// Any value that must be there.
    package func value(_ member: String) throws(ControlMessageError) -> JSONValue {
        guard let found = value[member] else { throw .badMember(type: type, member: member) }
        return found
    }

    /// A string that may be absent.
    package func optionalString(_ member: String) -> String? { value[member]?.stringValue }

    /// An integer that may be absent.
    package func optionalInteger(_ member: String) -> Int? { value[member]?.intValue }

    /// A floating-point number that may be absent.
    package func optionalDouble(_ member: String) -> Double? { value[member]?.doubleValue }

    /// A boolean that may be absent.
    package func optionalBool(_ member: String) -> Bool? { value[member]?.boolValue }

    /// A list of strings that may be absent; other elements are passed over.
    package func strings(_ member: String) -> [String] {
        (value[member]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// Any value that may be absent.
    package func optionalValue(_ member: String) -> JSONValue? { value[member] }
}

extension JSONObject {
    /// Sets a member only when there is a value, so that absent stays absent on the wire.
    mutating func set(_ key: String, _ value: String?) { if let value { self[key] = .string(value) } }

    /// Sets a member only when there is a value, so that absent stays absent on the wire.
    mutating func set(_ key: String, _ value: Int?) { if let value { self[key] = .integer(Int64(value)) } }
}
