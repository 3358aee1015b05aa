package import NIOHTTP1

/// What the answer to an HTTP tool means for the model.
package enum HTTPToolResponse {
    /// How much of the body of an error the model is shown, bytes.
    package static let maximumErrorBytes = 500

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headers: The headers.
    ///   - body: The body; of one that is too long, a byte more than fits.
    /// - Returns: What the model is told.
    package static func outcome(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ToolOutcome {
        let text = String(decoding: body, as: UTF8.self)
        guard !(300..<400).contains(status) else {
            return .error("The tool answered HTTP \(status), a redirect, which is not followed.")
        }
        guard (200..<300).contains(status) else {
            let reason = isText(headers) ? ToolOutcome.cut(text, toBytes: maximumErrorBytes) : ""
            return .error("The tool answered HTTP \(status)" + (reason.isEmpty ? "." : ": " + reason))
        }
        guard isText(headers) else {
            return .error("The tool answered with something that is neither JSON nor text.")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            return ToolOutcome("Done; the tool answered nothing (HTTP \(status)).")
        }
        return ToolOutcome(text)
    }

    private static func isText(_ headers: HTTPHeaders) -> Bool {
        guard let header = headers.first(name: "content-type") else { return true }
        let type = header.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        return type.hasPrefix("text/") || type.hasSuffix("json") || type.hasSuffix("xml") || type.hasSuffix("yaml")
            || type == "application/x-www-form-urlencoded"
    }
}
