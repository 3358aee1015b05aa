/// Tells addresses of this machine from others.
package enum LoopbackAddress {
    /// Whether a host name or address is this machine's own: `localhost`, 127.0.0.0/8 or ::1.
    package static func isLoopback(_ host: some StringProtocol) -> Bool {
        let name = host.lowercased()
        if name == "localhost" || name == "::1" || name == "0:0:0:0:0:0:0:1" { return true }
        let octets = (name.hasPrefix("::ffff:") ? String(name.dropFirst(7)) : name)
            .split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    /// The host of `host:port` or `[host]:port`.
    package static func host(of address: some StringProtocol) -> String {
        guard let colon = address.lastIndex(of: ":") else { return String(address) }
        let host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { return String(host.dropFirst().dropLast()) }
        return String(host)
    }
}
