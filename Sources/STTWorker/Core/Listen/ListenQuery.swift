package import DeepgramConnection
package import WorkerProtocol

/// The query of a Deepgram listen v1 connection.
///
/// Deepgram listen v1, query parameters: everything is configured by the URL; booleans are lower case; repeatable
/// parameters are repeated keys. The format is Twilio's: mu-law, 8 kHz, one channel.
package struct ListenQuery: Sendable, Equatable {
    /// The most keyterms, about the provider's 500 tokens.
    package static let maximumKeyterms = 100

    private let settings: SpeechToTextSettings

    /// Checks the settings of a session's `open`.
    ///
    /// - Throws: a permanent failure if Deepgram would refuse them or silently ignore them.
    package init(_ settings: SpeechToTextSettings) throws(WorkerFailure) {
        if !settings.keyterms.isEmpty {
            guard settings.model == "nova-3" || settings.model.hasPrefix("nova-3-") else {
                throw Self.fault("keyterms need a nova-3 model, not \(settings.model)")
            }
            guard settings.keyterms.count <= Self.maximumKeyterms else {
                throw Self.fault("\(settings.keyterms.count) keyterms; allowed: \(Self.maximumKeyterms)")
            }
        }
        guard settings.endpointingMilliseconds > 0 else {
            throw Self.fault("endpointing of \(settings.endpointingMilliseconds) ms; allowed: above 0")
        }
        guard (1000...5000).contains(settings.utteranceEndMilliseconds) else {
            throw Self.fault("utterance end of \(settings.utteranceEndMilliseconds) ms; allowed: 1000 to 5000")
        }
        self.settings = settings
    }

    /// The parameters, in a fixed order.
    package var parameters: [(name: String, value: String)] {
        [
            ("model", settings.model),
            ("language", settings.language),
            ("smart_format", settings.smartFormat ? "true" : "false"),
            ("encoding", "mulaw"),
            ("sample_rate", "8000"),
            ("channels", "1"),
            ("multichannel", "false"),
            ("no_delay", "true"),
            ("interim_results", "true"),
            ("endpointing", String(settings.endpointingMilliseconds)),
            ("utterance_end_ms", String(settings.utteranceEndMilliseconds)),
            ("vad_events", "true"),
        ] + settings.keyterms.map { ("keyterm", $0) }
    }

    /// The whole URL at an address.
    ///
    /// The names and values are percent-encoded.
    package func url(at address: DeepgramAddress) -> String {
        address.url(path: "/v1/listen", query: parameters)
    }

    private static func fault(_ detail: String) -> WorkerFailure {
        WorkerFailure(.rejected, isPermanent: true, detail: "speech to text: " + detail, provider: "deepgram")
    }
}
