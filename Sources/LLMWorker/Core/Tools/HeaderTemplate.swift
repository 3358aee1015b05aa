package import Observability

/// A header's value with `${NAME}` in it.
package struct HeaderTemplate: Equatable, Sendable {
    /// What is wrong with a value.
    package enum Fault: Error, Equatable {
        /// `${` without `}`, or something that is not a name between them.
        case malformed

        /// No value for a name.
        case missing(name: String)

        /// A line end or another control character, which would let a value become another header.
        case illegalCharacter
    }

    private enum Part: Equatable, Sendable {
        case text(String)
        case name(String)
    }

    private let parts: [Part]

    /// Reads a value.
    package init(_ text: String) throws(Fault) {
        var parts: [Part] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            let after = rest[rest.index(after: dollar)...]
            guard after.hasPrefix("{") else {
                parts.append(.text(String(rest[...dollar])))
                rest = after
                continue
            }
            parts.append(.text(String(rest[..<dollar])))
            guard let end = after.firstIndex(of: "}") else { throw .malformed }
            let name = after[after.index(after: after.startIndex)..<end]
            guard Self.isName(name) else { throw .malformed }
            parts.append(.name(String(name)))
            rest = after[after.index(after: end)...]
        }
        parts.append(.text(String(rest)))
        self.parts = parts
    }

    /// The names it needs.
    package var names: [String] {
        parts.compactMap { if case .name(let name) = $0 { name } else { nil } }
    }

    /// The value with everything filled in.
    package func resolved(_ secrets: (String) -> Secret?) throws(Fault) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .name(let name):
                guard let secret = secrets(name) else { throw .missing(name: name) }
                text += secret.reveal()
            }
        }
        guard text.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else { throw .illegalCharacter }
        return text
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        return text.utf8.count <= 64 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
