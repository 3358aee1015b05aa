import RequestSigning

/// A query string read strictly, one typed parameter after another.
///
/// A parameter that is not taken is unknown and refuses the request, as does one given twice that may stand only once.
struct DeepgramQuery {
    private var values: [String: [String]] = [:]

    init(_ query: String?) {
        for (name, value) in FormURLEncoding.decode(Array((query ?? "").utf8)) {
            self.values[name, default: []].append(value)
        }
    }

    /// Every value of a parameter that may be repeated.
    mutating func all(_ name: String) -> [String] {
        self.values.removeValue(forKey: name) ?? []
    }

    /// The value of a parameter that may stand once.
    mutating func text(_ name: String) throws(DeepgramRejection) -> String? {
        let found = self.all(name)
        guard found.count <= 1 else { throw .query("duplicate field `\(name)`") }
        return found.first
    }

    /// A lowercase `true` or `false`.
    mutating func flag(_ name: String) throws(DeepgramRejection) -> Bool? {
        guard let text = try self.text(name) else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default: throw .query("\(name): provided string was not `true` or `false`")
        }
    }

    /// A whole number in `range`.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(DeepgramRejection) -> Int? {
        guard let text = try self.text(name) else { return nil }
        guard let value = Int(text), text.first != "+" else { throw .query("\(name): invalid digit found in string") }
        guard range.contains(value) else {
            throw .query("\(name): \(value) is out of range, allowed \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// One of the words `allowed`.
    mutating func choice(_ name: String, of allowed: [String]) throws(DeepgramRejection) -> String? {
        guard let text = try self.text(name) else { return nil }
        guard allowed.contains(text) else {
            throw .query("\(name): unknown variant `\(text)`, expected one of \(allowed.joined(separator: ", "))")
        }
        return text
    }

    /// Refuses whatever was not asked for.
    func requireNothingElse() throws(DeepgramRejection) {
        if let unknown = self.values.keys.min() { throw .query("unknown field `\(unknown)`") }
    }
}
