import JSONText
import Yams

/// One value of a file with its place, read as what it is expected to be; each fault is logged.
struct YAMLField {
    let node: Node
    let path: String
    let line: Int
    let log: FaultLog

    /// Whether nothing is written, or `null`.
    var isNull: Bool {
        guard case .scalar(let scalar) = node, isPlain(scalar) else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    func fault(_ message: String) {
        log.add(line: line, key: path, message)
    }

    /// The text; nil, with the fault logged, for anything but a scalar of `length` characters.
    func text(length: ClosedRange<Int>) -> String? {
        guard case .scalar(let scalar) = node else {
            fault("is \(kind), not text")
            return nil
        }
        if isPlain(scalar), ["true", "false"].contains(scalar.string) {
            fault("is \(scalar.string), not text; put it in quotes if that is the text")
            return nil
        }
        guard length.contains(scalar.string.count) else {
            if scalar.string.isEmpty {
                fault("is empty; allowed: 1 to \(length.upperBound) characters")
            } else {
                fault(
                    "has \(scalar.string.count) characters; allowed: \(length.lowerBound) to \(length.upperBound)"
                )
            }
            return nil
        }
        if scalar.string.unicodeScalars.contains(where: { $0.value < 0x20 && !"\n\t".unicodeScalars.contains($0) }) {
            fault("holds a control character")
            return nil
        }
        return scalar.string
    }

    /// The whole number; nil, with the fault logged, for anything else.
    func integer(in range: ClosedRange<Int>) -> Int? {
        let allowed = "allowed: \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let scalar) = node, isPlain(scalar), let integer = Int(scalar.string) else {
            fault("is \(kind), not a whole number; \(allowed)")
            return nil
        }
        guard range.contains(integer) else {
            fault("is \(integer); \(allowed)")
            return nil
        }
        return integer
    }

    /// The truth value; nil, with the fault logged, for anything else.
    func bool() -> Bool? {
        if case .scalar(let scalar) = node, isPlain(scalar) {
            switch scalar.string {
            case "true": return true
            case "false": return false
            default: break
            }
        }
        fault("is \(kind); allowed: true, false")
        return nil
    }

    /// The elements of a list; nil, with the fault logged, for anything else.
    func elements(maximumCount: Int) -> [YAMLField]? {
        guard case .sequence(let sequence) = node else {
            fault("is \(kind), not a list")
            return nil
        }
        guard sequence.count <= maximumCount else {
            fault("has \(sequence.count) entries; allowed: 0 to \(maximumCount)")
            return nil
        }
        return sequence.enumerated().map { index, element in
            YAMLField(node: element, path: "\(path)[\(index)]", line: element.mark?.line ?? line, log: log)
        }
    }

    /// The section; nil, with the fault logged, for anything but a mapping.
    func section() -> YAMLSection? {
        guard case .mapping(let mapping) = node else {
            fault("is \(kind), not a section of keys")
            return nil
        }
        return YAMLSection(mapping, path: path, line: line, log: log)
    }

    /// What the value is, for a fault.
    var kind: String {
        switch node {
        case .mapping: return "a section of keys"
        case .sequence: return "a list"
        case .alias: return "an alias"
        case .scalar(let scalar):
            if isNull { return "empty" }
            let text = scalar.string.count > 40 ? scalar.string.prefix(40) + "…" : scalar.string[...]
            return isPlain(scalar) ? String(text) : "the text \"\(text)\""
        }
    }

    private func isPlain(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain || scalar.style == .any
    }
}
