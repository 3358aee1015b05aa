/// A `ws://` or `wss://` URL (RFC 6455 §3), taken apart without decoding.
package struct WebSocketURL: Equatable, Sendable {
    /// Whether the connection is made over TLS.
    package let isSecure: Bool
    /// The host name or address, without brackets.
    package let host: String
    /// The port; 80 or 443 if the URL names none.
    package let port: Int
    /// What stands in the request line: path and query, at least "/".
    package let target: String
    /// The value of the Host header: with brackets around an IPv6 address, without the scheme's own port.
    package let authority: String

    /// Takes a URL apart; nil if it is not an absolute one of the two schemes.
    ///
    /// User names, fragments, blanks, control characters and non-ASCII characters are refused.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { return nil }
        guard let (isSecure, rest) = Self.splitScheme(text) else { return nil }
        let split = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<split]
        guard !authority.contains("@"), let (host, portText) = Self.splitAuthority(authority) else { return nil }
        let standardPort = isSecure ? 443 : 80
        var port = standardPort
        if let portText, !portText.isEmpty {
            guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(portText),
                (1...65535).contains(number)
            else { return nil }
            port = number
        }
        let target = rest[split...]
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
        let shown = host.contains(":") ? "[\(host)]" : host
        self.authority = port == standardPort ? shown : "\(shown):\(port)"
    }

    /// A text that may be a URL, without query, fragment and user name, fit to be shown.
    package static func withoutSecrets(_ text: String) -> String {
        let shown = text.prefix { $0 != "?" && $0 != "#" }
        guard let at = shown.lastIndex(of: "@") else { return String(shown) }
        return "…" + shown[at...]
    }

    private static func splitScheme(_ text: String) -> (isSecure: Bool, rest: Substring)? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let rest = text[colon...].dropFirst(3)
        switch text[..<colon].lowercased() {
        case "ws": return (false, rest)
        case "wss": return (true, rest)
        default: return nil
        }
    }

    private static func splitAuthority(_ authority: Substring) -> (host: String, port: Substring?)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard host.contains(":"), rest.isEmpty || rest.hasPrefix(":") else { return nil }
            return (String(host), rest.isEmpty ? nil : rest.dropFirst())
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, !host.isEmpty else { return nil }
        guard !host.contains(where: { "[]\\<>\"^`{|}%".contains($0) }) else { return nil }
        return (String(host), parts.count == 2 ? parts[1] : nil)
    }
}
