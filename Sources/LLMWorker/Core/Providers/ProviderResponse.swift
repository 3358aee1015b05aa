package import NIOHTTP1

/// The beginning of an answer that is not a success: what a failure is made of.
package struct ProviderResponse: Sendable {
    /// How much of the body of an error is read, in bytes.
    package static let maximumBodyBytes = 16 * 1024

    /// How much of a provider's own words goes into a failure, in characters.
    package static let maximumMessageCharacters = 200

    /// The HTTP status.
    package var status: Int

    /// The headers.
    package var headers: HTTPHeaders

    /// The body, or its beginning.
    package var body: [UInt8]

    /// Makes a response.
    package init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the provider itself says that asking again is of no use.
    package var forbidsRetry: Bool { headers.first(name: "x-should-retry")?.lowercased() == "false" }

    /// How long to wait before asking again, milliseconds, if the provider said so.
    ///
    /// `retry-after-ms` goes before `retry-after`, which is seconds or an HTTP date (RFC 9110, section 10.2.3).
    ///
    /// - Parameter now: Seconds since 1970, for a date.
    /// - Returns: At least 0; nil for what is not a time.
    package func retryAfterMilliseconds(now: Int64) -> Int? {
        if let text = headers.first(name: "retry-after-ms"), let value = Double(text) {
            return Self.milliseconds(value)
        }
        guard let text = headers.first(name: "retry-after") else { return nil }
        if let seconds = Double(text) { return Self.milliseconds(seconds * 1000) }
        guard let date = CivilTime(httpDate: text) else { return nil }
        return Self.milliseconds(Double(date.secondsSinceEpoch - now) * 1000)
    }

    /// A provider's message, fit for a log line.
    package static func printable(_ message: String) -> String {
        let cut = message.prefix(maximumMessageCharacters)
        return String(cut.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
    }

    private static func milliseconds(_ value: Double) -> Int? {
        guard value.isFinite, value < 1e12 else { return nil }
        return Int(max(0, value.rounded(.up)))
    }
}
