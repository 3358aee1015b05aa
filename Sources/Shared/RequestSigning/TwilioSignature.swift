import JSONText

/// The `X-Twilio-Signature` header (Twilio, Webhooks security).
///
/// The signature is the base64 of the HMAC-SHA1, under the account's Auth Token, of the URL exactly as Twilio requested it,
/// followed for a form post by each field's name and value, in byte order of the names. A WebSocket upgrade is signed over
/// its `wss` URL alone. A body that is no form is covered by its SHA-256 in the query field `bodySHA256`.
package enum TwilioSignature {
    /// Signs a request as Twilio does.
    ///
    /// Of a repeated name each distinct value counts once, in byte order (Twilio's Python and Node libraries).
    package static func sign(url: String, form: [(String, String)], token: String) -> String {
        sign(url, tail: signedText(of: form), token)
    }

    /// Whether `signature` is that of the request under any of the account's tokens.
    ///
    /// `url` is the configured public origin with the raw request target; never build it from a header. Twilio is known to
    /// sign sometimes with and sometimes without the port, so both are accepted; `wss` has the default port of `https`.
    /// Give a body that is not a form as `body`: it must then match `bodySHA256` in the URL's query, and an unsigned body
    /// is refused. Compares in constant time. Several tokens allow for rotation.
    package static func isValid(
        _ signature: String,
        url: String,
        form: [(String, String)],
        body: [UInt8]? = nil,
        tokens: [String]
    ) -> Bool {
        if let body, !isCovered(body, by: url, form) { return false }
        let given = Array(signature.utf8)
        let tail = signedText(of: form)
        var matched = false
        for token in tokens where !token.isEmpty {
            for variant in portVariants(of: url) {
                // No early exit: the time does not tell which one matched.
                let equal = constantTimeEquals(given, Array(sign(variant, tail: tail, token).utf8))
                matched = matched || equal
            }
        }
        return matched
    }

    private static func sign(_ url: String, tail: [UInt8], _ token: String) -> String {
        Base64.encode(HMACSHA1.authenticationCode(key: Array(token.utf8), message: Array(url.utf8) + tail))
    }

    private static func signedText(of form: [(String, String)]) -> [UInt8] {
        let fields = form.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }.sorted { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
        }
        var text: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0, fields[index - 1] == field { continue }
            text += field.name
            text += field.value
        }
        return text
    }

    private static func isCovered(_ body: [UInt8], by url: String, _ form: [(String, String)]) -> Bool {
        let query = url.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        let hash = FormURLEncoding.decode(Array(query)).last { $0.0 == "bodySHA256" }?.1
        guard let hash else { return body.isEmpty || !form.isEmpty }
        return constantTimeEquals(Array(hash.lowercased().utf8), Array(SHA256.hex(body).utf8))
    }

    /// The URL as it is, and with its port removed or its scheme's default port added.
    private static func portVariants(of url: String) -> [String] {
        guard let schemeEnd = url.firstRange(of: "://") else { return [url] }
        let defaultPort = ["https", "wss"].contains(url[..<schemeEnd.lowerBound].lowercased()) ? "443" : "80"
        let rest = url[schemeEnd.upperBound...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        let hostStart = authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex
        let host = authority[hostStart...]
        let bare = host.lastIndex(of: "]").map { host[$0...] } ?? host  // an IPv6 address holds colons
        let head = url[..<schemeEnd.upperBound]
        let tail = rest[authorityEnd...]
        if let colon = bare.lastIndex(of: ":") {
            return [url, String(head + authority[..<colon] + tail)]
        }
        return [url, String(head + authority + ":" + defaultPort + tail)]
    }
}
