extension AgentConfiguration {
    /// Headers that the request's sender sets itself.
    private static let reservedHeaders = [
        "connection", "content-length", "host", "idempotency-key", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    static func readTools(_ section: YAMLSection) -> Tools {
        var tools = Tools()
        tools.builtin = section.choices("builtin", of: Builtin.self)
        tools.transfer = section.optionalSection("transfer").map(readTransfer)
        if tools.builtin.contains(.transferCall), section.field("transfer") == nil {
            section.fault("transfer", "is missing; transfer_call needs transfer.destination")
        }
        var names: [String: Int] = [:]  // and the line of each
        for tool in section.sections("http", maximumCount: 100) {
            let read = readTool(tool)
            if let line = names[read.name] {
                tool.fault("name", "is \"\(read.name)\", as that of the tool in line \(line)")
            } else if Builtin(rawValue: read.name) != nil {
                tool.fault("name", "is \"\(read.name)\", the name of a built-in tool")
            }
            if !read.name.isEmpty, names[read.name] == nil { names[read.name] = tool.line }
            tools.http.append(read)
        }
        section.finish()
        return tools
    }

    private static func readTransfer(_ section: YAMLSection) -> Transfer {
        var transfer = Transfer(destination: section.text("destination"))
        let destination = transfer.destination
        let isKnown = TextRules.isTelephoneNumber(destination) || TextRules.isSIPAddress(destination)
        if !destination.isEmpty, !isKnown {
            section.fault("destination", "is \(destination); allowed: E.164 such as \"+441632960009\", or sip:…")
        }
        transfer.sentence = section.text(
            "sentence",
            default: transfer.sentence,
            length: 1...maximumSpokenCharacters
        )
        section.finish()
        return transfer
    }

    private static func readTool(_ section: YAMLSection) -> HTTPTool {
        var tool = HTTPTool(
            name: section.text("name", length: 1...200),
            description: section.text("description", length: 1...4_000),
            url: section.text("url", length: 1...2_000)
        )
        if !tool.name.isEmpty, !TextRules.isToolName(tool.name) {
            section.fault("name", "is \"\(tool.name)\"; allowed: 1 to 64 letters, digits, \"_\" and \"-\"")
        }
        if tool.url.contains("${") {
            section.fault("url", "has a placeholder; allowed in headers only")
        } else if !tool.url.isEmpty,
            let problem = WebAddress.problem(tool.url, schemes: ["https", "http"], allowsQuery: true)
        {
            section.fault("url", problem)
        }
        tool.method = section.choice("method", default: tool.method)
        tool.headers = readHeaders(section.optionalSection("headers"))
        tool.timeoutMilliseconds = section.integer(
            "timeout_ms",
            default: tool.timeoutMilliseconds,
            in: 100...60_000
        )
        tool.hasEffect = section.bool("effect", default: tool.hasEffect)
        if let schema = section.field("input_schema").flatMap(InputSchema.read) { tool.inputSchema = schema }
        section.finish()
        return tool
    }

    private static func readHeaders(_ section: YAMLSection?) -> [HTTPTool.Header] {
        var headers: [HTTPTool.Header] = []
        for (name, field) in section?.freeMembers ?? [] {
            guard let value = field.text(length: 0...4_000) else { continue }
            if !TextRules.isHeaderName(name) {
                field.fault("is not a header's name")
            } else if reservedHeaders.contains(name.lowercased()) {
                field.fault("is set by Dialtone itself")
            } else if headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
                field.fault("is there again in other letters")
            }
            if !TextRules.isHeaderValue(value) {
                field.fault("has a value with a line break or another control character")
            } else if let problem = TextRules.placeholderProblem(value) {
                field.fault(problem)
            }
            headers.append(.init(name: name, value: value))
        }
        return headers
    }
}
