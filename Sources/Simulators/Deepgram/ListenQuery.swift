/// The settings of one live transcription, read from its URL (Deepgram listen v1, query parameters).
package struct ListenQuery: Sendable, Equatable {
    /// The model, such as `nova-3`; `base-general` when the query names none.
    package var model = "base-general"
    /// The language tag, or `multi`.
    package var language = "en"
    /// `mulaw` or `linear16`.
    package var encoding = "mulaw"
    /// Samples a second.
    package var sampleRate = 8000
    /// Whether unsettled results are sent.
    package var interimResults = false
    /// Silence in milliseconds that ends an utterance; nil: it was switched off.
    package var endpointing: Int? = 10
    /// Gap between words in milliseconds after which `UtteranceEnd` is sent; nil: never.
    package var utteranceEnd: Int?
    /// Whether `SpeechStarted` is sent.
    package var vadEvents = false
    /// Whether words carry capitals and punctuation.
    package var punctuates = false
    /// Whether finals that end in a number may be held back.
    package var holdsNumbers = false
    /// The key terms.
    package var keyterms: [String] = []
    /// The usage tags.
    package var tags: [String] = []

    /// Key terms may hold about this many tokens together.
    static let maximumKeytermTokens = 500
    /// A tag may have this many characters.
    static let maximumTagCharacters = 128

    /// Whether the model is of the third generation.
    var isNova3: Bool { self.model.hasPrefix("nova-3") }

    /// Reads and checks the query as strictly as the service does.
    package static func parse(_ text: String?) throws(DeepgramRejection) -> ListenQuery {
        var query = DeepgramQuery(text)
        var parsed = ListenQuery()
        parsed.model = try self.model(try query.text("model"))
        parsed.language = try self.language(try query.text("language"), model: parsed.model)
        try parsed.takeAudio(from: &query)
        try parsed.takeEvents(from: &query)
        try parsed.takeFormatting(from: &query)
        try parsed.takeTerms(from: &query)
        try self.takeTheRest(from: &query, language: parsed.language)
        try query.requireNothingElse()
        return parsed
    }

    /// About how many tokens a text has: one for each four bytes begun of every word.
    static func tokens(in terms: [String]) -> Int {
        terms.reduce(0) { total, term in
            total + term.split(separator: " ").reduce(0) { $0 + ($1.utf8.count + 3) / 4 }
        }
    }

    private mutating func takeAudio(from query: inout DeepgramQuery) throws(DeepgramRejection) {
        let known = [
            "linear16", "linear32", "flac", "alaw", "mulaw", "amr-nb", "amr-wb", "opus", "ogg-opus", "speex", "g729",
        ]
        let encoding = try query.choice("encoding", of: known)
        let rate = try query.integer("sample_rate", in: 1...192_000)
        let channels = try query.integer("channels", in: 1...20) ?? 1
        let multichannel = try query.flag("multichannel") ?? false
        guard let encoding else {
            throw .badRequest(
                "Unsupported audio format: this simulator hears raw audio only; give encoding and sample_rate."
            )
        }
        guard let rate else { throw .badRequest("Unsupported audio format: \(encoding) needs a sample_rate.") }
        let hears = encoding == "mulaw" && rate == 8000 || encoding == "linear16" && [8000, 16_000].contains(rate)
        guard hears, channels == 1, !multichannel else {
            throw .badRequest(
                "Unsupported audio format: \(encoding) at \(rate) Hz with \(channels) channel(s); "
                    + "this simulator hears one channel of mulaw at 8000 Hz or linear16 at 8000 or 16000 Hz."
            )
        }
        self.encoding = encoding
        self.sampleRate = rate
    }

    private mutating func takeEvents(from query: inout DeepgramQuery) throws(DeepgramRejection) {
        self.interimResults = try query.flag("interim_results") ?? false
        self.vadEvents = try query.flag("vad_events") ?? false
        if let text = try query.text("endpointing") {
            guard text == "false" || Int(text).map({ (0...60_000).contains($0) }) == true else {
                throw .query("endpointing: expected `false` or a number of milliseconds")
            }
            self.endpointing = Int(text)
        }
        self.utteranceEnd = try query.integer("utterance_end_ms", in: 1000...5000)
        guard self.utteranceEnd == nil || self.interimResults else {
            throw .badRequest("utterance_end_ms needs interim_results=true.")
        }
    }

    private mutating func takeFormatting(from query: inout DeepgramQuery) throws(DeepgramRejection) {
        let punctuate = try query.flag("punctuate") ?? false
        let smart = try query.flag("smart_format") ?? false
        let noDelay = try query.flag("no_delay") ?? false
        self.punctuates = punctuate || smart
        self.holdsNumbers = smart && !noDelay
    }

    private mutating func takeTerms(from query: inout DeepgramQuery) throws(DeepgramRejection) {
        self.keyterms = query.all("keyterm")
        let keywords = query.all("keywords")
        if !keywords.isEmpty, self.isNova3 {
            throw .badRequest("Keywords are not supported by Nova-3 models; use keyterm instead.")
        }
        guard keywords.count <= 100 else { throw .badRequest("Too many keywords: at most 100 are allowed.") }
        if !self.keyterms.isEmpty, !self.isNova3 {
            throw .badRequest("Keyterm is only supported by Nova-3 models.")
        }
        guard Self.tokens(in: self.keyterms) <= Self.maximumKeytermTokens else {
            throw .badRequest("Keyterm limit exceeded. The maximum number of tokens across all keyterms is 500.")
        }
        self.tags = query.all("tag")
        if self.tags.contains(where: { $0.count > Self.maximumTagCharacters }) {
            throw .query("tag: at most 128 characters are allowed")
        }
    }

    /// Takes the parameters that change nothing a simulator can show, and checks their values.
    private static func takeTheRest(
        from query: inout DeepgramQuery,
        language: String
    ) throws(DeepgramRejection) {
        for name in [
            "numerals", "diarize", "filler_words", "dictation", "detect_entities", "profanity_filter", "mip_opt_out",
        ] {
            _ = try query.flag(name)
        }
        _ = try query.choice("diarize_model", of: ["latest", "v1"])
        _ = try query.text("version")
        _ = query.all("extra") + query.all("replace") + query.all("search")
        let allowed: Set<String> = ["true", "pci", "numbers", "aggressive_numbers", "ssn"]
        if let wrong = query.all("redact").first(where: { !allowed.contains($0) }) {
            throw .query("redact: unknown variant `\(wrong)`")
        }
        if !query.all("language_hint").isEmpty, language != "multi" {
            throw .badRequest("language_hint needs language=multi.")
        }
        let callback = [try query.text("callback"), try query.text("callback_method")]
        if callback.contains(where: { $0 != nil }) {
            throw .badRequest("This simulator does not send results to a callback.")
        }
    }
}

extension ListenQuery {
    private static let nova2Domains: Set<String> = [
        "meeting", "finance", "conversationalai", "voicemail", "video", "medical", "drivethru", "automotive",
        "phonecall", "atc",
    ]
    private static let olderDomains: Set<String> = [
        "general", "meeting", "finance", "conversationalai", "voicemail", "video", "phonecall", "medical",
    ]
    private static let languages: Set<String> = [
        "ar", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi",
        "hr", "hu", "id", "it", "ja", "kn", "ko", "lt", "lv", "mk", "mr", "ms", "multi", "nl", "no", "pl", "pt", "ro",
        "ru", "sk", "sl", "sr", "sv", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh",
    ]

    /// Checks that the model exists; whisper models are refused on live streams.
    private static func model(_ name: String?) throws(DeepgramRejection) -> String {
        guard let name else { return "base-general" }
        if name.hasPrefix("whisper") { throw .standard(405) }
        let isCustom = name.count == 36 && name.filter { $0 == "-" }.count == 4
        let parts = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let known: Bool =
            switch (parts.first, parts.count) {
            case ("nova", 2...3) where parts[1] == "3": parts.count == 2 || ["general", "medical"].contains(parts[2])
            case ("nova", 2...3) where parts[1] == "2":
                parts.count == 2 || parts[2] == "general" || self.nova2Domains.contains(parts[2])
            case ("nova", 1...2), ("enhanced", 1...2), ("base", 1...2):
                parts.count == 1 || self.olderDomains.contains(parts[1])
            default: false
            }
        guard known || isCustom else { throw .badRequest("No such model/version combination found.") }
        return name
    }

    /// Checks that the language exists and that the model speaks it; models of one trade speak English only.
    private static func language(_ tag: String?, model: String) throws(DeepgramRejection) -> String {
        guard let tag else { return "en" }
        let base = tag.split(separator: "-").first.map { $0.lowercased() } ?? ""
        guard self.languages.contains(base) else {
            throw .badRequest("No such model/language/tier combination found.")
        }
        let domain = model.split(separator: "-").last.map(String.init) ?? ""
        let isTrade = self.nova2Domains.contains(domain) && !model.hasPrefix("base") && !model.hasPrefix("enhanced")
        let multiAllowed = tag != "multi" || model.hasPrefix("nova-3") || model.hasPrefix("nova-2")
        guard multiAllowed, !isTrade || base == "en" else {
            throw .badRequest("No such model/language/tier combination found.")
        }
        return tag
    }
}
