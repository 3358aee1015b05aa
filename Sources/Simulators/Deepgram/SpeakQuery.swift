/// The settings of one live synthesis, read from its URL (Deepgram speak v1, query parameters).
package struct SpeakQuery: Sendable, Equatable {
    /// The voice, such as `aura-2-thalia-en`.
    package var model = "aura-asteria-en"
    /// `linear16`, `mulaw` or `alaw`.
    package var encoding = "linear16"
    /// Samples a second.
    package var sampleRate = 24_000
    /// Rate of speaking, 0.7 to 1.5.
    package var speed = 1.0

    /// Reads and checks the query as strictly as the service does.
    package static func parse(_ text: String?) throws(DeepgramRejection) -> SpeakQuery {
        var query = DeepgramQuery(text)
        var parsed = SpeakQuery()
        if let model = try query.text("model") {
            guard self.isVoice(model) else { throw .badRequest("No such model/version combination found.") }
            parsed.model = model
        }
        parsed.encoding = try query.choice("encoding", of: ["linear16", "mulaw", "alaw"]) ?? "linear16"
        let isLinear = parsed.encoding == "linear16"
        let rates = isLinear ? [8000, 16_000, 24_000, 32_000, 48_000] : [8000, 16_000]
        parsed.sampleRate = try query.integer("sample_rate", in: 1...192_000) ?? (isLinear ? 24_000 : 8000)
        guard rates.contains(parsed.sampleRate) else {
            throw .badRequest("Unsupported audio format: \(parsed.encoding) at \(parsed.sampleRate) Hz.")
        }
        guard parsed.encoding != "alaw" else {
            throw .badRequest("Unsupported audio format: this simulator speaks mulaw and linear16.")
        }
        if let speed = try query.text("speed") {
            guard let value = Double(speed), (0.7...1.5).contains(value) else {
                throw .query("speed: expected a number from 0.7 to 1.5")
            }
            parsed.speed = value
        }
        _ = try query.choice("container", of: ["none"])
        _ = try query.flag("mip_opt_out")
        _ = query.all("tag")
        try query.requireNothingElse()
        return parsed
    }

    /// Whether `model` is written like a voice: `aura-<voice>-<language>` or `aura-2-<voice>-<language>`.
    private static func isVoice(_ model: String) -> Bool {
        var parts = model.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.first == "aura" else { return false }
        parts.removeFirst()
        if parts.first == "2" { parts.removeFirst() }
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isLetter) } && parts[1].count == 2
    }
}
