package import DeepgramConnection
package import WorkerProtocol

/// The query of a Deepgram speak v1 connection.
///
/// Deepgram speak v1, query: voice and format are fixed for the life of the connection. The format is Twilio's: mu-law,
/// 8 kHz, without a container.
package struct SpeakQuery: Sendable, Equatable {
    private let model: String

    /// Checks the settings of a session's `open`.
    ///
    /// - Throws: a permanent failure if no voice is named.
    package init(_ settings: TextToSpeechSettings) throws(WorkerFailure) {
        guard !settings.model.isEmpty else {
            throw WorkerFailure(
                .rejected,
                isPermanent: true,
                detail: "text to speech: no model is named",
                provider: "deepgram"
            )
        }
        model = settings.model
    }

    /// The whole URL at an address.
    ///
    /// The names and values are percent-encoded.
    package func url(at address: DeepgramAddress) -> String {
        address.url(
            path: "/v1/speak",
            query: [("model", model), ("encoding", "mulaw"), ("sample_rate", "8000"), ("container", "none")]
        )
    }
}
