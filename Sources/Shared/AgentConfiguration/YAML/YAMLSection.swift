import Yams

/// A mapping of a file, read key by key; keys that nobody asked for are faults.
final class YAMLSection {
    let path: String
    let line: Int
    let log: FaultLog

    private let members: [(key: String, field: YAMLField)]
    private var asked: [String] = []

    init(_ mapping: Node.Mapping, path: String, line: Int, log: FaultLog) {
        self.path = path
        self.line = line
        self.log = log
        var members: [(key: String, field: YAMLField)] = []
        var repeated: [(name: String, line: Int)] = []
        for (key, value) in mapping {
            let line = key.mark?.line ?? line
            guard let name = key.scalar?.string else {
                log.add(line: line, key: path, "has a key that is not text")
                continue
            }
            if let original = log.repeatedKeys[name] {
                repeated.append((original, line))
                continue
            }
            let field = YAMLField(node: value, path: path.isEmpty ? name : "\(path).\(name)", line: line, log: log)
            members.append((name, field))
        }
        self.members = members
        for (name, first) in repeated {
            let last = members.last { $0.key == name }?.field
            last?.fault("is written more than once, first in line \(first)")
        }
    }

    /// A section that is not there.
    init(absentAt path: String, line: Int, log: FaultLog) {
        self.path = path
        self.line = line
        self.log = log
        members = []
    }

    /// Logs a fault about `key`, at its line when it is there.
    func fault(_ key: String, _ message: String) {
        let line = members.first { $0.key == key }?.field.line ?? line
        log.add(line: line, key: path.isEmpty ? key : "\(path).\(key)", message)
    }

    /// The value of `key`; nil when it is absent or null.
    func field(_ key: String) -> YAMLField? {
        if !asked.contains(key) { asked.append(key) }
        guard let field = members.first(where: { $0.key == key })?.field, !field.isNull else { return nil }
        return field
    }

    /// The text of `key`, or `fallback` when it is absent or faulty.
    ///
    /// Without a fallback the key must be there.
    func text(_ key: String, default fallback: String? = nil, length: ClosedRange<Int> = 1...500) -> String {
        guard let field = field(key) else {
            if fallback == nil { fault(key, "is missing") }
            return fallback ?? ""
        }
        return field.text(length: length) ?? fallback ?? ""
    }

    /// The text of `key`; nil when it is absent or faulty.
    func optionalText(_ key: String, length: ClosedRange<Int> = 1...500) -> String? {
        field(key)?.text(length: length)
    }

    /// The whole number of `key`; `fallback` when it is absent or faulty.
    func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        field(key)?.integer(in: range) ?? fallback
    }

    /// The truth value of `key`; `fallback` when it is absent or faulty.
    func bool(_ key: String, default fallback: Bool) -> Bool {
        field(key)?.bool() ?? fallback
    }

    /// The one of `Choice` that `key` names; `fallback` when it is absent or faulty.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, default fallback: Choice) -> Choice {
        guard let field = field(key) else { return fallback }
        let allowed = Choice.allCases.map(\.rawValue)
        return choice(field, of: allowed).flatMap(Choice.init(rawValue:)) ?? fallback
    }

    /// The one of `allowed` that `key` names; `fallback` when it is absent or faulty.
    func choice(_ key: String, default fallback: String, of allowed: [String]) -> String {
        field(key).flatMap { choice($0, of: allowed) } ?? fallback
    }

    /// The ones of `Choice` that the list of `key` names, each once.
    func choices<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, of: Choice.Type) -> [Choice] {
        let allowed = Choice.allCases.map(\.rawValue)
        var names: [String] = []
        for element in field(key)?.elements(maximumCount: 100) ?? [] {
            guard let name = choice(element, of: allowed) else { continue }
            if names.contains(name) { element.fault("is \"\(name)\" again") } else { names.append(name) }
        }
        return names.compactMap(Choice.init(rawValue:))
    }

    /// The texts of the list of `key`; `fallback` when it is absent.
    func texts(
        _ key: String,
        default fallback: [String],
        maximumCount: Int,
        length: ClosedRange<Int> = 1...500
    ) -> [String] {
        guard let elements = field(key)?.elements(maximumCount: maximumCount) else { return fallback }
        return elements.compactMap { $0.text(length: length) }
    }

    /// The section of `key`; an empty one when it is absent or faulty.
    func section(_ key: String) -> YAMLSection {
        optionalSection(key)
            ?? YAMLSection(absentAt: path.isEmpty ? key : "\(path).\(key)", line: line, log: log)
    }

    /// The section of `key`; nil when it is absent or faulty.
    func optionalSection(_ key: String) -> YAMLSection? {
        field(key)?.section()
    }

    /// The sections of the list of `key`.
    func sections(_ key: String, maximumCount: Int) -> [YAMLSection] {
        (field(key)?.elements(maximumCount: maximumCount) ?? []).compactMap { $0.section() }
    }

    /// All members, for a section whose keys are the user's own.
    var freeMembers: [(key: String, field: YAMLField)] {
        asked += members.map(\.key)
        return members
    }

    /// Logs every key that nobody asked for; call it once all known keys have been read.
    func finish() {
        for (key, field) in members where !asked.contains(key) {
            if let near = NearestName.find(key, among: asked) {
                field.fault("is not a known key; did you mean \"\(near)\"?")
            } else {
                field.fault("is not a known key; allowed: \(asked.joined(separator: ", "))")
            }
        }
    }

    private func choice(_ field: YAMLField, of allowed: [String]) -> String? {
        if case .scalar(let scalar) = field.node, allowed.contains(scalar.string) { return scalar.string }
        let near = field.node.scalar.flatMap { NearestName.find($0.string, among: allowed) }
        let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
        field.fault("is \(field.kind); allowed: \(allowed.joined(separator: ", "))\(hint)")
        return nil
    }
}
