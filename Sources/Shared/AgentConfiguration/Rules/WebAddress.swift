/// An absolute URL taken apart (RFC 3986), and the rules about it.
struct WebAddress {
    let scheme: String
    let userInfo: String?
    let host: String
    let port: Int?
    let path: String
    let query: String?
    let fragment: String?

    init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }),
            let schemeEnd = text.firstRange(of: "://")
        else { return nil }
        scheme = text[..<schemeEnd.lowerBound].lowercased()
        var rest = text[schemeEnd.upperBound...]
        fragment = Self.cut(&rest, at: "#")
        query = Self.cut(&rest, at: "?")
        let pathStart = rest.firstIndex(of: "/") ?? rest.endIndex
        path = String(rest[pathStart...])
        var authority = rest[..<pathStart]
        if let at = authority.lastIndex(of: "@") {
            userInfo = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        } else {
            userInfo = nil
        }
        let bracket = authority.lastIndex(of: "]")
        let hasPort = authority.lastIndex(of: ":").map { colon in bracket.map { colon > $0 } ?? true } ?? false
        guard let address = SocketAddressText(hasPort ? String(authority) : authority + ":0"), !scheme.isEmpty else {
            return nil
        }
        guard !hasPort || address.port > 0 else { return nil }
        host = address.host
        port = hasPort ? address.port : nil
    }

    /// Whether the host is this machine by name or address.
    var isLoopback: Bool {
        let name = host.lowercased()
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// What is wrong with `text` as the address of a service; nil when nothing is.
    ///
    /// Schemes without encryption are for loopback only.
    static func problem(_ text: String, schemes: [String], allowsQuery: Bool) -> String? {
        let allowed = schemes.map { $0 + "://" }.joined(separator: ", ")
        guard let address = WebAddress(text) else { return "is not an absolute URL; allowed: \(allowed)…" }
        guard schemes.contains(address.scheme) else {
            return "has the scheme \"\(address.scheme)\"; allowed: \(allowed)…"
        }
        if address.userInfo != nil { return "holds a user name or password; secrets do not belong into a URL" }
        if address.fragment != nil { return "has a fragment (\"#\")" }
        if address.query != nil, !allowsQuery { return "has a query (\"?\")" }
        if ["http", "ws"].contains(address.scheme), !address.isLoopback {
            return "is not encrypted; \(address.scheme):// is allowed to localhost, 127.0.0.0/8 and [::1] only"
        }
        return nil
    }

    private static func cut(_ text: inout Substring, at separator: Character) -> String? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        let tail = String(text[text.index(after: index)...])
        text = text[..<index]
        return tail
    }
}
