import TelephonyAudio

/// Something the caller says: its words, for people, and its sound.
package struct SpokenLine: Sendable, Equatable {
    /// The words; may be empty for a recording nobody transcribed.
    package let text: String

    /// Mu-law at 8 kHz, a whole number of 20 ms frames.
    package let audio: [UInt8]

    /// Where the first audible frame begins, milliseconds into the audio.
    package let speechStart: Int

    /// Where the last audible frame ends, milliseconds into the audio.
    package let speechEnd: Int

    /// Below this level a frame is silence, dBFS.
    private static let audibleDecibels = -45.0

    /// Takes a line; the last frame is filled with silence.
    package init(text: String, audio: [UInt8]) {
        self.text = text
        let remainder = audio.count % MuLaw.bytesPerFrame
        let padding = remainder == 0 ? 0 : MuLaw.bytesPerFrame - remainder
        self.audio = audio + Array(repeating: MuLaw.silence, count: padding)
        var first: Int?
        var last = 0
        for frame in 0..<self.audio.count / MuLaw.bytesPerFrame {
            let start = frame * MuLaw.bytesPerFrame
            guard Self.isAudible(Array(self.audio[start..<start + MuLaw.bytesPerFrame])) else { continue }
            if first == nil { first = frame }
            last = frame + 1
        }
        speechStart = (first ?? 0) * 20
        speechEnd = last * 20
    }

    /// Whether a frame has sound in it that a person would hear on a telephone.
    package static func isAudible(_ frame: [UInt8]) -> Bool {
        AudioLevel.decibels(muLaw: frame.span) > audibleDecibels
    }
}

/// One step of a caller's script; the next begins when it is done.
package enum CallStep: Sendable, Equatable {
    /// Speak.
    case say(SpokenLine)

    /// Listen until the agent has spoken and has then been quiet for the script's settling time.
    case waitForReply(timeoutMilliseconds: Int)

    /// Wait for the agent to speak, let it go on for a while, then speak over it.
    case bargeIn(afterMilliseconds: Int, SpokenLine)

    /// Press keys, one every 200 ms.
    case press(String)

    /// Be silent.
    case pause(milliseconds: Int)

    /// Listen until the other side ends the call.
    case waitForHangUp(timeoutMilliseconds: Int)

    /// Hang up.
    case hangUp
}
