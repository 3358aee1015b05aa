/// The times and sizes of a Deepgram live transcription; defaults follow the provider's documentation.
package struct ListenTimings: Sendable, Equatable {
    /// The audio in one provider message in milliseconds; 20 to 250 are acceptable to the provider.
    package var chunkMilliseconds: Int64 = 100
    /// How long less than a whole message may wait for more, in milliseconds.
    package var partialMilliseconds: Int64 = 100
    /// The pause after which a KeepAlive is sent; the provider closes after 10 s (NET-0001).
    package var keepAliveMilliseconds: Int64 = 4_000
    /// The wait for the caller's first audio after which silence is sent; the provider wants audio within 10 s.
    package var firstAudioMilliseconds: Int64 = 5_000
    /// The silence sent then, in milliseconds.
    package var fillerMilliseconds: Int64 = 100
    /// The wait for an answer to Finalize, which is not guaranteed.
    package var finalizeMilliseconds: Int64 = 700
    /// The wait for the last results after CloseStream.
    package var drainMilliseconds: Int64 = 1_500
    /// How much speech may be sent without any text coming back, in milliseconds of audio.
    package var watchdogMilliseconds: Int64 = 8_000
    /// The level above which audio counts as speech for the watchdog, in dBFS.
    package var speechDecibels = -40.0

    /// The defaults of a telephone call.
    package init() {}

    /// The bytes of one provider message.
    var chunkBytes: Int { Int(min(max(chunkMilliseconds, 20), 250)) * 8 }
}
