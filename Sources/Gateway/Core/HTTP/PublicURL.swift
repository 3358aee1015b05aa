/// The address Twilio knows this gateway by, as configured.
///
/// Signatures are checked over it and TwiML names it; what a request says in `Host` is never used.
package struct PublicURL: Sendable, Equatable {
    /// Scheme, host and port, without a slash at the end: `https://voice.example.com`.
    package let origin: String

    /// Reads `https://host[:port]`; `http` is for trying things on one machine.
    ///
    /// - Returns: nil unless it is an origin without path, query, fragment or user.
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
                UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        guard !rest.isEmpty, allowed else { return nil }
        origin = scheme + "://" + rest
    }

    /// Host and port, as in a `Host` header.
    package var authority: Substring { origin.drop { $0 != "/" }.dropFirst(2) }

    /// The absolute URL of a request target, which is used as it was received.
    package func url(target: String) -> String { origin + target }

    /// The absolute URL of a WebSocket's target.
    package func webSocketURL(target: String) -> String { "ws" + origin.dropFirst(4) + target }
}
