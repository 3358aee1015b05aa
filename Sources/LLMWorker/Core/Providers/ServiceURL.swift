/// Why a URL cannot be used.
package enum ServiceURLError: Error, Equatable, CustomStringConvertible {
    /// Not `http://HOST…` or `https://HOST…` without user, password and fragment.
    case malformed

    /// Plain `http` to something that is not this machine.
    case plainTextToRemoteHost

    /// What the URL must be.
    package var description: String {
        switch self {
        case .malformed: "must be an absolute http or https URL without user, password or fragment"
        case .plainTextToRemoteHost: "plain http is only allowed to this machine (localhost, 127.0.0.1, [::1])"
        }
    }
}

/// The URL of an HTTP service that may be given secrets: https, or http on the loopback interface.
package struct ServiceURL: Equatable, Hashable, Sendable {
    /// The URL as it was written.
    package let text: String

    /// The host in lower case; IPv6 without brackets.
    package let host: String

    /// Whether the URL has a query.
    package let hasQuery: Bool

    /// Reads a URL.
    ///
    /// - Throws: What is wrong with it.
    package init(_ text: String) throws(ServiceURLError) {
        let isSecure = text.lowercased().hasPrefix("https://")
        guard isSecure || text.lowercased().hasPrefix("http://") else { throw .malformed }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
        else { throw .malformed }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let host = Self.host(ofAuthority: authority) else { throw .malformed }
        guard isSecure || Self.isLoopback(host) else { throw .plainTextToRemoteHost }
        self.host = host
        hasQuery = rest.contains("?")
        self.text = text
    }

    /// The URL without slashes at its end, to append a path to.
    package var base: String {
        guard !hasQuery else { return text }
        var trimmed = text[...]
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return String(trimmed)
    }

    private static func host(ofAuthority authority: Substring) -> String? {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":") else { return nil }
                port = rest.dropFirst()
            }
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = authority[authority.index(after: colon)...]
            }
            guard !host.isEmpty, host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" })
            else { return nil }
        }
        if let port, UInt16(port) == nil { return nil }
        return host.lowercased()
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
