/// How the simulated Deepgram behaves; times are in milliseconds.
package struct DeepgramSettings: Sendable {
    /// Keys and tokens that are let in; nil: any that is not empty.
    package var apiKeys: Set<String>?
    /// Whether an upgrade without `User-Agent` is refused, as the firewall before the real service does.
    package var requiresUserAgent = true
    /// Transcriptions that may be open at once; beyond it an upgrade gets 429.
    package var listenLimit = 150
    /// Syntheses that may be open at once; beyond it an upgrade gets 429.
    package var speakLimit = 45
    /// The transcription.
    package var listen = ListenSettings()
    /// The synthesis.
    package var speak = SpeakSettings()

    /// Creates the settings of a healthy service with the real one's limits.
    package init() {}
}
