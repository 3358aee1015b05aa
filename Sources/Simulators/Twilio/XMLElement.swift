/// One element of a small XML document, such as TwiML.
package struct XMLElement: Sendable, Equatable {
    /// The element's name, case kept.
    package var name: String

    /// Attributes, unescaped, in order.
    package var attributes: [(name: String, value: String)]

    /// Child elements, in order.
    package var children: [XMLElement]

    /// All character data directly inside, unescaped and concatenated.
    package var text: String

    /// The value of an attribute, or nil.
    package subscript(attribute: String) -> String? {
        attributes.first { $0.name == attribute }?.value
    }

    package static func == (left: XMLElement, right: XMLElement) -> Bool {
        left.name == right.name && left.text == right.text && left.children == right.children
            && left.attributes.count == right.attributes.count
            && zip(left.attributes, right.attributes).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }
}

/// Why a document is not well-formed XML; `offset` counts UTF-8 bytes.
package struct XMLSyntaxError: Error, Equatable, CustomStringConvertible {
    /// Where.
    package let offset: Int

    /// What was expected or found.
    package let reason: String

    package var description: String { "not well-formed XML at byte \(offset): \(reason)" }
}

/// A strict parser of the part of XML that TwiML uses: no document type, no entities beyond the five and numeric ones.
package struct XMLParser {
    /// Deepest nesting taken.
    package static let maximumDepth = 32

    private let bytes: [UInt8]
    private var index = 0

    private init(_ text: String) { bytes = Array(text.utf8) }

    /// Parses a whole document.
    ///
    /// - Throws: ``XMLSyntaxError``.
    package static func parse(_ text: String) throws(XMLSyntaxError) -> XMLElement {
        var parser = XMLParser(text)
        try parser.skipProlog()
        let root = try parser.element(depth: 0)
        try parser.skipMisc()
        guard parser.index == parser.bytes.count else { throw parser.error("text after the root element") }
        return root
    }

    private func error(_ reason: String) -> XMLSyntaxError { XMLSyntaxError(offset: index, reason: reason) }

    private func starts(with prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        return bytes[index..<index + count].elementsEqual(prefix.description.utf8)
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func skipProlog() throws(XMLSyntaxError) {
        if starts(with: "\u{FEFF}") { index += 3 }
        if starts(with: "<?xml") { try skip(past: "?>") }
        try skipMisc()
    }

    private mutating func skipMisc() throws(XMLSyntaxError) {
        skipSpace()
        while starts(with: "<!--") {
            try skip(past: "-->")
            skipSpace()
        }
    }

    private mutating func skip(past end: StaticString) throws(XMLSyntaxError) {
        while index < bytes.count, !starts(with: end) { index += 1 }
        guard index < bytes.count else { throw error("missing \(end)") }
        index += end.utf8CodeUnitCount
    }

    private mutating func name() throws(XMLSyntaxError) -> String {
        let start = index
        while index < bytes.count, !" \t\r\n=/><\"'&".utf8.contains(bytes[index]) { index += 1 }
        guard index > start, let first = bytes[start..<index].first, !(0x30...0x39).contains(first) else {
            throw error("a name was expected")
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func element(depth: Int) throws(XMLSyntaxError) -> XMLElement {
        guard depth < Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth)") }
        guard starts(with: "<") else { throw error("an element was expected") }
        index += 1
        var element = XMLElement(name: try name(), attributes: [], children: [], text: "")
        while true {
            skipSpace()
            if starts(with: "/>") {
                index += 2
                return element
            }
            if starts(with: ">") {
                index += 1
                break
            }
            try attribute(of: &element)
        }
        try content(of: &element, depth: depth)
        return element
    }

    private mutating func attribute(of element: inout XMLElement) throws(XMLSyntaxError) {
        let name = try name()
        skipSpace()
        guard starts(with: "=") else { throw error("= was expected after attribute \(name)") }
        index += 1
        skipSpace()
        guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27 else {
            throw error("attribute \(name) must be quoted")
        }
        let quote = bytes[index]
        index += 1
        let value = try characters { $0 == quote }
        guard element[name] == nil else { throw error("attribute \(name) twice") }
        index += 1
        element.attributes.append((name, value))
    }

    private mutating func content(of element: inout XMLElement, depth: Int) throws(XMLSyntaxError) {
        while true {
            element.text += try characters { $0 == 0x3C }
            if starts(with: "<!--") {
                try skip(past: "-->")
            } else if starts(with: "</") {
                index += 2
                let closing = try name()
                guard closing == element.name else { throw error("</\(closing)> closes <\(element.name)>") }
                skipSpace()
                guard starts(with: ">") else { throw error("> was expected") }
                index += 1
                return
            } else {
                element.children.append(try self.element(depth: depth + 1))
            }
        }
    }

    /// Character data up to the byte that ends it, which is not taken.
    private mutating func characters(until isEnd: (UInt8) -> Bool) throws(XMLSyntaxError) -> String {
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if isEnd(byte) { return String(decoding: text, as: UTF8.self) }
            if byte == 0x3C { throw error("< must be escaped") }
            if byte == 0x26 {
                text.append(contentsOf: try reference().utf8)
            } else {
                text.append(byte)
                index += 1
            }
        }
        throw error("the document ends inside an element")
    }

    private mutating func reference() throws(XMLSyntaxError) -> String {
        guard let end = bytes[index...].prefix(12).firstIndex(of: 0x3B) else { throw error("& must be escaped") }
        let name = String(decoding: bytes[index + 1..<end], as: UTF8.self)
        let known = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        var character = known[name]
        if character == nil, name.hasPrefix("#") {
            let digits = name.dropFirst(name.hasPrefix("#x") ? 2 : 1)
            character = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10).flatMap(Unicode.Scalar.init).map(
                String.init
            )
        }
        guard let character else { throw error("unknown entity &\(name);") }
        index = end + 1
        return character
    }
}
