import TelephonyAudio

/// What turns text into speech.
package enum VoiceEngine: Sendable, Hashable {
    /// Flite, the small speech synthesiser packaged by Debian, with one of its voices (`slt`, `rms`, `awb`, `kal`).
    case flite(voice: String)
    /// eSpeak NG, packaged by Debian, with one of its voices (`en`, `en-us`, …).
    case espeak(voice: String)
    /// A tone for each letter, 57 ms a character; needs nothing installed and is not understandable.
    case tones

    /// Flite with the voice `rms` where it is installed, else tones.
    ///
    /// It is the voice PocketSphinx understands best.
    package static func automatic() async -> VoiceEngine {
        await ChildProcess.isInstalled("flite") ? .flite(voice: "rms") : .tones
    }

    /// Another voice of the same engine, so that the two sides of a call can be told apart.
    package var counterpart: VoiceEngine {
        switch self {
        case .flite(let voice): .flite(voice: voice == "slt" ? "rms" : "slt")
        case .espeak(let voice): .espeak(voice: voice == "en+f3" ? "en" : "en+f3")
        case .tones: .tones
        }
    }

    /// Parses `flite`, `flite:rms`, `espeak`, `espeak:en-us` or `tones`; nil when it is none of them.
    package init?(_ name: String) {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let voice = parts.count > 1 ? parts[1] : nil
        let letters = voice?.utf8.allSatisfy { Self.isVoiceNameByte($0) } ?? true
        guard letters, voice != "" else { return nil }
        switch parts.first {
        case "flite": self = .flite(voice: voice ?? "slt")
        case "espeak", "espeak-ng": self = .espeak(voice: voice ?? "en")
        case "tones": self = .tones
        default: return nil
        }
    }

    /// A name that tells this engine and voice from every other, as `init(_:)` reads it.
    package var name: String {
        switch self {
        case .flite(let voice): "flite:" + voice
        case .espeak(let voice): "espeak:" + voice
        case .tones: "tones"
        }
    }

    /// Renders `text` as mu-law at 8 kHz.
    ///
    /// Throws `ChildProcessError` or `WAVError` when the engine is missing, fails or takes too long.
    func render(_ text: String) async throws -> [UInt8] {
        switch self {
        case .tones:
            return TonePattern.render(text)
        case .flite(let voice):
            let arguments = ["-voice", voice, "-t", text, "-o", "/dev/stdout"]
            return try Self.muLaw(fromWAV: await ChildProcess.output(of: "flite", arguments: arguments))
        case .espeak(let voice):
            // The text is read from a file, so that no text can be taken for an option.
            let arguments = ["-v", voice, "--stdout", "-f", "@input"]
            let input = Array(text.utf8)
            return try Self.muLaw(
                fromWAV: await ChildProcess.output(of: "espeak-ng", arguments: arguments, input: input)
            )
        }
    }

    /// Converts a WAV file to mu-law at 8 kHz, correcting the lengths a program writes when it cannot seek back.
    static func muLaw(fromWAV bytes: [UInt8]) throws -> [UInt8] {
        var bytes = bytes
        func store(_ value: Int, at offset: Int) {
            for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        }
        if bytes.count >= 44, bytes[36..<40].elementsEqual("data".utf8) {
            store(bytes.count - 8, at: 4)
            store(bytes.count - 44, at: 40)
        }
        return try WAVFile.parse(bytes).muLaw8k()
    }

    private static func isVoiceNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
