/// Why a text is not well-formed XML.
struct XMLProblem: Error, Equatable {
    /// The character, from 1.
    let position: Int
    let message: String
}

/// Checks that a text is one well-formed XML element (XML 1.0), with comments and processing instructions around it.
///
/// Document type declarations are refused: TwiML has none, and they can define entities.
struct XMLCheck {
    private static let maximumDepth = 64

    private let text: [Character]
    private var index = 0

    /// The root element's name.
    static func rootName(of text: String) throws(XMLProblem) -> String {
        var check = XMLCheck(text: Array(text))
        return try check.document()
    }

    private init(text: [Character]) {
        self.text = text
    }

    private mutating func document() throws(XMLProblem) -> String {
        try miscellaneous()
        guard current == "<" else { throw problem("an element is expected") }
        let root = try element(depth: 1)
        try miscellaneous()
        guard index == text.count else { throw problem("something follows the root element") }
        return root
    }

    private mutating func miscellaneous() throws(XMLProblem) {
        while true {
            skipSpace()
            if starts(with: "<!--") {
                try skip(past: "-->", after: 4, "a comment is not closed")
            } else if starts(with: "<?") {
                try skip(past: "?>", after: 2, "a processing instruction is not closed")
            } else if starts(with: "<!") {
                throw problem("a document type declaration is not allowed")
            } else {
                return
            }
        }
    }

    private mutating func element(depth: Int) throws(XMLProblem) -> String {
        guard depth <= Self.maximumDepth else { throw problem("elements are nested too deep") }
        index += 1
        let name = try name()
        var attributes: [String] = []
        while true {
            let spaced = skipSpace()
            if starts(with: "/>") {
                index += 2
                return name
            }
            if current == ">" {
                index += 1
                break
            }
            guard spaced else { throw problem("the tag <\(name)> is not closed") }
            let attribute = try attribute()
            guard !attributes.contains(attribute) else { throw problem("the attribute \(attribute) is there twice") }
            attributes.append(attribute)
        }
        try content(of: name, depth: depth)
        return name
    }

    private mutating func content(of name: String, depth: Int) throws(XMLProblem) {
        while let character = current {
            if starts(with: "</") {
                index += 2
                let closing = try self.name()
                guard closing == name else { throw problem("</\(closing)> closes <\(name)>") }
                skipSpace()
                guard current == ">" else { throw problem("the tag </\(closing)> is not closed") }
                index += 1
                return
            } else if starts(with: "<!--") {
                try skip(past: "-->", after: 4, "a comment is not closed")
            } else if starts(with: "<![CDATA[") {
                try skip(past: "]]>", after: 9, "a CDATA section is not closed")
            } else if starts(with: "<?") {
                try skip(past: "?>", after: 2, "a processing instruction is not closed")
            } else if character == "<" {
                _ = try element(depth: depth + 1)
            } else if character == "&" {
                try reference()
            } else {
                index += 1
            }
        }
        throw problem("<\(name)> is not closed")
    }

    private mutating func attribute() throws(XMLProblem) -> String {
        let name = try name()
        skipSpace()
        guard current == "=" else { throw problem("the attribute \(name) has no value") }
        index += 1
        skipSpace()
        guard let quote = current, quote == "\"" || quote == "'" else {
            throw problem("the value of \(name) is not in quotes")
        }
        index += 1
        while let character = current, character != quote {
            if character == "<" { throw problem("\"<\" is not allowed in the value of \(name); write &lt;") }
            if character == "&" { try reference() } else { index += 1 }
        }
        guard current == quote else { throw problem("the value of \(name) is not closed") }
        index += 1
        return name
    }

    private mutating func reference() throws(XMLProblem) {
        let start = index
        while let character = current, character != ";", index - start < 12 { index += 1 }
        let name = String(text[(start + 1)..<index])
        let known = ["amp", "lt", "gt", "quot", "apos"]
        let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
        let isNumber = name.hasPrefix("#") && number.flatMap(Unicode.Scalar.init) != nil && number != 0
        guard current == ";", known.contains(name) || isNumber else {
            index = start
            throw problem("\"&\" does not begin a known reference; write &amp;")
        }
        index += 1
    }

    private mutating func name() throws(XMLProblem) -> String {
        let start = index
        while let character = current, character.isLetter || character.isNumber || ":_-.".contains(character) {
            index += 1
        }
        guard index > start, text[start].isLetter || ":_".contains(text[start]) else {
            index = start
            throw problem("a name is expected")
        }
        return String(text[start..<index])
    }

    // MARK: - Characters

    private var current: Character? {
        index < text.count ? text[index] : nil
    }

    private func starts(with word: String) -> Bool {
        text[index...].starts(with: word)
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = index
        while let character = current, character.isWhitespace { index += 1 }
        return index > start
    }

    private mutating func skip(past end: String, after count: Int, _ message: String) throws(XMLProblem) {
        let start = index
        index += count
        while index < text.count {
            if starts(with: end) {
                index += end.count
                return
            }
            index += 1
        }
        index = start
        throw problem(message)
    }

    private func problem(_ message: String) -> XMLProblem {
        XMLProblem(position: index + 1, message: message)
    }
}
