import Testing

/// Rules about the text of the sources.
@Suite struct SourceRulesTests {
    @Test(arguments: [
        "try!", "as!", "fatalError(", "@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency", "Task.detached",
        "Thread.sleep", "usleep(", "TODO", "FIXME",
    ])
    func `escapes from the language's checks are explained or absent`(escape: String) throws {
        // Split, so that this file does not find itself.
        for folder in ["Sources", "Tests"] {
            for file in try SourceTree.files(below: folder) where !file.path.hasPrefix("Tests/TidyTests") {
                for (index, line) in file.lines.enumerated() where line.contains(escape) {
                    let before = file.lines[max(0, index - 3)..<index]
                    let isExplained = line.contains("//") || before.contains { $0.contains("//") }
                    #expect(isExplained, "\(file.path):\(index + 1): \(escape) without a reason beside it")
                }
            }
        }
    }

    @Test func `every package declaration has a documentation comment`() throws {
        let kinds: Set<Substring> = [
            "func", "var", "let", "struct", "class", "enum", "protocol", "init", "typealias", "actor", "subscript",
        ]
        for file in try SourceTree.files(below: "Sources") where !file.path.hasSuffix("Command.swift") {
            for (index, line) in file.lines.enumerated() {
                let words = line.split(whereSeparator: { " (<:{?".contains($0) })
                guard words.first == "package", words.prefix(6).contains(where: kinds.contains) else { continue }
                guard !words.contains("extension"), !words.contains("import") else { continue }
                #expect(Self.isDocumented(file.lines, index), "\(file.path):\(index + 1): \(line)")
            }
        }
    }

    /// Beginnings of declarations that fulfil a protocol of this package or of the standard library.
    private static let requirements = [
        "var description:", "static func ==", "func hash(", "init(json:", "var json: JSONValue", "func webSocket(",
        "func webSocketDid", "func socketOpened(", "func socketRefused(", "func socketReceived(", "func socketPonged(",
        "func socketBecameWritable(", "func socketClosed(", "func receive(", "func linkClosed(", "func drain(",
        "func linkBecameWritable(", "func roleSession(", "func roleSessionOpened(", "func linkReceived(",
        "func linkLost(", "func linkOpened(", "func link(_", "func linkUnavailable(",
        "func next() ->", "func makeIterator()", "init(dictionaryLiteral", "init(arrayLiteral", "init(stringLiteral",
        "init(integerLiteral", "init(floatLiteral", "init(booleanLiteral", "init(nilLiteral",
    ]

    /// Whether the declaration at `index` has `///` above it, attributes between them passed over.
    private static func isDocumented(_ lines: [Substring], _ index: Int) -> Bool {
        var above = index - 1
        while above >= 0, lines[above].drop(while: \.isWhitespace).hasPrefix("@") { above -= 1 }
        guard above >= 0 else { return false }
        let text = lines[above].drop(while: \.isWhitespace)
        // What fulfils a protocol's requirement has its text at the protocol.
        let declaration = lines[index]
        let isInherited = Self.requirements.contains { declaration.contains($0) }
        return text.hasPrefix("///") || isInherited
    }

    @Test func `every test states an expectation`() throws {
        for file in try SourceTree.files(below: "Tests") where file.lines.contains(where: { $0.contains("@Test") }) {
            let states = file.lines.contains { line in
                ["#expect", "#require", "Issue.record", "confirmation("].contains { line.contains($0) }
            }
            #expect(states, "\(file.path)")
        }
    }
}
