/// The address Twilio knows this gateway by, as configured.
///
/// Signatures are checked over it and TwiML names it; what a request says in `Host` is never used.
package struct PublicURL: Sendable, Equatable {
    /// Scheme, host, port and path, without a slash at the end: `https://voice.example.com`.
    package let origin: String

    /// Reads `https://host[:port][/path]`; `http` is for trying things on one machine.
    ///
    /// A path is what a proxy in front strips.
    ///
    /// - Returns: nil for anything else: a query, a fragment, a user, characters that do not belong.
    package init?(_ text: String) {
        var rest = Substring(text)
        let scheme: String
        if rest.hasPrefix("https://") {
            scheme = "https"
        } else if rest.hasPrefix("http://") {
            scheme = "http"
        } else {
            return nil
        }
        rest = rest.dropFirst(scheme.count + 3)
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        let allowed = rest.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
                UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                true
            default: false
            }
        }
        guard !rest.isEmpty, allowed, rest.first != "/" else { return nil }
        origin = scheme + "://" + rest
    }

    /// Host and port, as in a `Host` header.
    package var authority: Substring { origin.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" } }

    /// The absolute URL of a request target, which is used as it was received.
    package func url(target: String) -> String { origin + target }

    /// The absolute URL of a WebSocket's target.
    package func webSocketURL(target: String) -> String { "ws" + origin.dropFirst(4) + target }
}
