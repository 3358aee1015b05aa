/// How the simulated transcription behaves.
package struct ListenSettings: Sendable {
    /// What is transcribed where the voice library does not know the audio.
    package enum Unknown: Sendable, Equatable {
        /// Nothing: finals are empty and no interims come.
        case nothing
        /// Always this text.
        case text(String)
        /// What PocketSphinx makes of it.
        case pocketSphinx
    }

    /// From the point of the audio to the message about it.
    package var latency = 150
    /// From the onset of speech to the first interim.
    package var firstInterim = 300
    /// Between interims.
    package var interimInterval = 1000
    /// Longest span of speech before it is settled.
    package var segmentLimit = 5000
    /// Lines taken as transcripts in order, one a stretch of speech, for the connection asked about; nil: listen instead.
    package var script: (@Sendable (DeepgramConnection) -> [String]?)?
    /// What is transcribed where the library does not know the audio.
    package var unknown = Unknown.nothing
    /// Without any message for this long the stream is closed with NET-0001.
    package var idleTimeout = 10_000
    /// A stream that never had audio is closed with NET-0000 after this time.
    package var noAudioTimeout = 20_000
    /// Audio may be ahead of 1.25 times real time by this much before it is a violation.
    package var pacingAllowance = 750
    /// Whether audio that comes too fast closes the stream.
    package var closesOnPacing = false
    /// What goes wrong.
    package var faults = ListenFaults()

    /// Creates the settings of a healthy transcription.
    package init() {}
}
