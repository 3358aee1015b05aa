/// The times and sizes of a Deepgram streaming synthesis; defaults follow the provider's documentation.
package struct SpeakTimings: Sendable, Equatable {
    /// How long words wait for the end of their sentence, in milliseconds.
    package var wordsMilliseconds: Int64 = 250
    /// The pause of the text after which what was said so far is spoken, in milliseconds.
    package var stallMilliseconds: Int64 = 800
    /// The wait for audio without a Flush after which one is sent, in milliseconds.
    package var nudgeMilliseconds: Int64 = 600
    /// The wait for the first audio after a Flush.
    package var firstAudioMilliseconds: Int64 = 3_000
    /// The wait for more audio, or the acknowledgement, once audio came.
    package var nextAudioMilliseconds: Int64 = 3_000
    /// The wait for the answer to a Clear.
    package var clearMilliseconds: Int64 = 1_000
    /// How long text may wait for a connection before its reply fails.
    package var connectMilliseconds: Int64 = 3_000
    /// The wait for the provider's end after Close.
    package var closeMilliseconds: Int64 = 1_500
    /// The age at which a connection is replaced between replies; the provider ends it after 60 minutes.
    package var maximumAgeMilliseconds: Int64 = 50 * 60_000
    /// Flushes in any 60 s; the provider allows 20.
    package var flushesPerMinute = 15
    /// Of those, how many are kept for the ends of replies.
    package var reservedFlushes = 5
    /// Characters in any 60 s; the provider allows 2400.
    package var charactersPerMinute = 2_200
    /// A wait for a budget above this is spared by a new connection, if nothing is under way on the old one.
    package var budgetMilliseconds: Int64 = 1_000
    /// The most text that waits in a session, in Unicode scalars.
    package var maximumWaitingCharacters = 20_000
    /// The most replies that wait in a session, the one being spoken included.
    package var maximumReplies = 8

    /// The defaults of a telephone call.
    package init() {}
}
