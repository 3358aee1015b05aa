/// How the simulated synthesis behaves.
package struct SpeakSettings: Sendable {
    /// From a Flush or a sentence's end to its first audio.
    package var firstByte = 150
    /// How many times faster than real time audio is sent.
    package var speedFactor = 12.0
    /// Sizes of binary frames in bytes.
    package var frameBytes = 320...8192
    /// Frames that still come after a Clear.
    package var lateFrames = 0...3
    /// From a Clear to its Cleared.
    package var clearLatency = 20
    /// Whether a Flushed of a cleared segment still comes, just before Cleared.
    package var lateFlushed = false
    /// Characters a Speak may have.
    package var maximumTextCharacters = 2000
    /// Characters a minute.
    package var charactersPerMinute = 2400
    /// Flushes a minute.
    package var flushesPerMinute = 20
    /// The longest session, in seconds: 60 minutes.
    package var sessionSeconds = 3600
    /// Without a message for this long, in seconds, the session is closed with NET-0001; nil: never.
    package var idleSeconds: Int?
    /// Whether Close speaks what is left first.
    package var closeDrains = true
    /// The engine that speaks; nil: the library's with another voice than its own.
    package var engine: VoiceEngine?
    /// What goes wrong.
    package var faults = SpeakFaults()

    /// Creates the settings of a healthy synthesis.
    package init() {}
}

/// Ways a simulated synthesis goes wrong; all off by default.
package struct SpeakFaults: Sendable, Equatable {
    /// Texts are taken and nothing is ever said.
    package var mute = false
    /// Flushed is never sent.
    package var missingFlushed = false
    /// Cleared is never sent.
    package var missingCleared = false
    /// Stop sending, with the connection open, after so many bytes of audio on it.
    package var stallAfterBytes: Int?
    /// Cut the connection after so many bytes of audio on it.
    package var cutAfterBytes: Int?
    /// Close with 1011 NET-0002 after so many bytes of audio on it.
    package var closeAfterBytes: Int?
    /// A message of an unknown type and one that is not JSON are sent before each Flushed.
    package var garbage = false

    /// Creates the value without any fault.
    package init() {}
}
