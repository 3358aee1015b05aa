import JSONText
import Yams

/// Reads a tool's input schema, a JSON Schema written in YAML.
struct InputSchema {
    private static let maximumDepth = 24
    private static let maximumValues = 2_000

    private var values = 0

    /// The schema as JSON; nil, with the faults logged, when the root is not an object schema.
    static func read(_ field: YAMLField) -> JSONValue? {
        var reader = InputSchema()
        guard let schema = reader.json(field, depth: 1) else { return nil }
        guard schema.objectValue != nil else {
            field.fault("is \(field.kind), not a JSON Schema")
            return nil
        }
        guard schema["type"]?.stringValue == "object" else {
            field.fault("must have \"type: object\" at its root")
            return nil
        }
        if let properties = schema["properties"], properties.objectValue == nil {
            field.fault("has \"properties\" that are not a section of keys")
        }
        guard let required = schema["required"] else { return schema }
        guard let names = required.arrayValue?.map(\.stringValue), !names.contains(nil) else {
            field.fault("has a \"required\" that is not a list of names")
            return schema
        }
        for name in names.compactMap({ $0 }) where schema["properties"]?[name] == nil {
            field.fault("requires \"\(name)\", which is not among its properties")
        }
        return schema
    }

    private mutating func json(_ field: YAMLField, depth: Int) -> JSONValue? {
        values += 1
        guard depth <= Self.maximumDepth, values <= Self.maximumValues else {
            if values <= Self.maximumValues + 1 {
                field.fault(
                    "makes the schema too large; allowed: \(Self.maximumValues) values, \(Self.maximumDepth) deep"
                )
            }
            values = Self.maximumValues + 1
            return nil
        }
        switch field.node {
        case .mapping:
            var object = JSONObject()
            for (key, member) in field.section()?.freeMembers ?? [] {
                guard let value = json(member, depth: depth + 1) else { return nil }
                object[key] = value
            }
            return .object(object)
        case .sequence:
            var elements: [JSONValue] = []
            for element in field.elements(maximumCount: Self.maximumValues) ?? [] {
                guard let value = json(element, depth: depth + 1) else { return nil }
                elements.append(value)
            }
            return .array(elements)
        case .scalar(let scalar):
            return scalar.style == .plain ? plain(scalar.string) : .string(scalar.string)
        case .alias:
            return nil
        }
    }

    /// A plain scalar by YAML 1.2's core schema: what is JSON's own word or number is that, else it is text.
    private func plain(_ text: String) -> JSONValue {
        if ["", "~", "null"].contains(text) { return .null }
        guard let value = try? JSONValue.parse(text) else { return .string(text) }
        switch value {
        case .bool, .integer, .number: return value
        default: return .string(text)
        }
    }
}
