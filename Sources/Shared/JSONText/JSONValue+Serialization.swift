extension JSONValue {
    /// The value as compact JSON text, members in their order, doubles in the shortest form that reads back the same.
    package func serialized() -> String {
        var bytes: [UInt8] = []
        serialize(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the value as compact JSON text.
    package func serialize(into output: inout [UInt8]) {
        switch self {
        case .array(let elements):
            output.append(0x5B)
            var separator = false
            for element in elements {
                if separator { output.append(0x2C) }
                separator = true
                element.serialize(into: &output)
            }
            output.append(0x5D)
        case .object(let object):
            output.append(0x7B)
            var separator = false
            for (key, value) in object {
                if separator { output.append(0x2C) }
                separator = true
                JSONEscape.appendQuoted(key, into: &output)
                output.append(0x3A)
                value.serialize(into: &output)
            }
            output.append(0x7D)
        default:
            serializeScalar(into: &output)
        }
    }

    /// The value as JSON text for people: one member or element a line, two spaces a level.
    package func serializedPretty() -> String {
        var bytes: [UInt8] = []
        serializePretty(into: &bytes, level: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func serializePretty(into output: inout [UInt8], level: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            output.append(0x5B)
            for (index, element) in elements.enumerated() {
                Self.startLine(level + 1, first: index == 0, &output)
                element.serializePretty(into: &output, level: level + 1)
            }
            Self.startLine(level, first: true, &output)
            output.append(0x5D)
        case .object(let object) where !object.isEmpty:
            output.append(0x7B)
            for (index, member) in object.enumerated() {
                Self.startLine(level + 1, first: index == 0, &output)
                JSONEscape.appendQuoted(member.key, into: &output)
                output.append(contentsOf: [0x3A, 0x20])
                member.value.serializePretty(into: &output, level: level + 1)
            }
            Self.startLine(level, first: true, &output)
            output.append(0x7D)
        default:
            serialize(into: &output)
        }
    }

    private static func startLine(_ level: Int, first: Bool, _ output: inout [UInt8]) {
        if !first { output.append(0x2C) }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    private func serializeScalar(into output: inout [UInt8]) {
        switch self {
        case .bool(true): output.append(contentsOf: "true".utf8)
        case .bool(false): output.append(contentsOf: "false".utf8)
        case .integer(let integer): output.append(contentsOf: String(integer).utf8)
        case .number(let number) where number.isFinite: output.append(contentsOf: number.description.utf8)
        case .string(let string): JSONEscape.appendQuoted(string, into: &output)
        case .null, .number, .array, .object: output.append(contentsOf: "null".utf8)
        }
    }
}
