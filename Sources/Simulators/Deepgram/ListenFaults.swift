/// Ways a simulated transcription goes wrong; all off by default, all changeable while connections live.
package struct ListenFaults: Sendable, Equatable {
    /// Line noise: silence is never found, so no final says `speech_final`.
    package var noise = false
    /// An empty final every 5 s of silence, and an empty `speech_final` after each utterance's end.
    package var emptyFinals = false
    /// Finals that end in a number are held until other speech or 3 s of silence, whatever the query says.
    package var heldNumbers = false
    /// `UtteranceEnd` is never sent.
    package var missingUtteranceEnd = false
    /// `UtteranceEnd` is sent twice.
    package var duplicateUtteranceEnd = false
    /// `UtteranceEnd` carries `last_word_end` -1.
    package var unknownLastWordEnd = false
    /// No unsettled results are sent.
    package var dropInterims = false
    /// Close once so much audio has come.
    package var closeAfter: Close?
    /// Cut the connection without a close frame once so much audio, in milliseconds, has come.
    package var cutAfter: Int?
    /// Say nothing more once so much audio, in milliseconds, has come: a half-open socket.
    package var silentAfter: Int?
    /// Every message comes this many milliseconds later than it should.
    package var slowSend = 0
    /// A message of an unknown type and one that is not JSON are sent before each result.
    package var garbage = false

    /// A close frame sent at a point of the audio.
    package struct Close: Sendable, Equatable {
        /// How much audio must have come.
        package var milliseconds: Int
        /// Close code.
        package var code: UInt16
        /// Close reason.
        package var reason: String

        /// Creates a close of `code` and `reason` after `milliseconds` of audio.
        package init(milliseconds: Int, code: UInt16, reason: String) {
            self.milliseconds = milliseconds
            self.code = code
            self.reason = reason
        }
    }

    /// Creates the value without any fault.
    package init() {}
}
