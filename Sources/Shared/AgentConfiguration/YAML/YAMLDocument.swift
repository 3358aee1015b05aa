import FoundationEssentials
import Yams

/// Reads one YAML file into its root section.
enum YAMLDocument {
    /// Larger files are refused.
    static let maximumBytes = 1_048_576

    private static let maximumRepeatedKeys = 50

    /// The root section of the file; nil, with the fault logged, when it cannot be read as one mapping.
    static func read(_ path: String, log: FaultLog) -> YAMLSection? {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            log.add(line: 0, key: "", "cannot be read")
            return nil
        }
        guard bytes.count <= maximumBytes else {
            log.add(line: 0, key: "", "is larger than \(maximumBytes) bytes")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            log.add(line: 0, key: "", "is not UTF-8")
            return nil
        }
        return root(of: text, log: log)
    }

    /// The root section of `text`.
    static func root(of text: String, log: FaultLog) -> YAMLSection? {
        var text = text
        for number in 0...maximumRepeatedKeys {
            do {
                guard let node = try Yams.compose(yaml: text, .default, .default, .utf8) else {
                    log.add(line: 0, key: "", "is empty")
                    return nil
                }
                guard case .mapping(let mapping) = node else {
                    log.add(line: node.mark?.line ?? 1, key: "", "is not a list of keys and values")
                    return nil
                }
                return YAMLSection(mapping, path: "", line: node.mark?.line ?? 1, log: log)
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                // The first of the two is renamed, so that reading can go on and find what else is wrong.
                let name = names.first ?? ""
                let newName = "__repeated_key_\(number)"
                guard let renamed = rename(name, at: context.mark, to: newName, in: text) else {
                    log.add(line: context.mark.line, key: name, "is written more than once")
                    return nil
                }
                log.repeatedKeys[newName] = name
                text = renamed
            } catch {
                report(error, log)
                return nil
            }
        }
        log.add(line: 0, key: "", "has more than \(maximumRepeatedKeys) keys that are written more than once")
        return nil
    }

    /// The text with the key at `mark` renamed; nil when the key is not written there plainly or in simple quotes.
    private static func rename(_ name: String, at mark: Mark, to newName: String, in text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
        guard lines.indices.contains(mark.line - 1), mark.column >= 1 else { return nil }
        let line = lines[mark.line - 1]
        let key = Array(name.unicodeScalars)
        for spelling in [key, ["\""] + key + ["\""], ["'"] + key + ["'"]] {
            let start = mark.column - 1
            let end = start + spelling.count
            guard end <= line.count, line[start..<end] == spelling[...] else { continue }
            lines[mark.line - 1].replaceSubrange(start..<end, with: Array(newName.unicodeScalars))
            return lines.map { scalars in
                scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
            }.joined(separator: "\n")
        }
        return nil
    }

    private static func report(_ error: any Error, _ log: FaultLog) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let start = context.map { " (\($0.text), from line \($0.mark.line))" } ?? ""
            log.add(line: mark.line, key: "", "is not YAML: \(problem)\(start)")
        case YamlError.reader(let problem, let offset, _, let yaml):
            let line = offset.map { 1 + yaml.prefix($0).count { $0.isNewline } }
            log.add(line: line ?? 0, key: "", "is not YAML: \(problem)")
        default:
            log.add(line: 0, key: "", "is not YAML")
        }
    }
}
