import TelephonyAudio

/// Real speech recognition with PocketSphinx as packaged by Debian (`pocketsphinx`, `pocketsphinx-en-us`).
///
/// Understands the Flite voice `rms` well and the others half. Each call of `recognise` runs a child process off the event loops; it takes about a second of one core.
package struct PocketSphinx: Sendable {
    /// How long one recognition may take.
    package static let deadline: Duration = .seconds(15)
    /// The longest audio recognised at once: 60 s.
    package static let maximumSamples = 480_000
    private static let program = "pocketsphinx_continuous"

    /// Creates a recogniser.
    package init() {}

    /// Whether the program is installed.
    package static func isInstalled() async -> Bool {
        await ChildProcess.isInstalled(self.program)
    }

    /// The words spoken in `audio`, mu-law at 8 kHz, with their places in samples from the audio's beginning.
    ///
    /// Throws `ChildProcessError`. Audio beyond `maximumSamples` is not listened to.
    package func recognise(_ audio: [UInt8]) async throws -> [WordTiming] {
        // Its model is of 16 kHz speech. Each sample is given twice: the mirror images this leaves above 4 kHz stand in for
        // the consonants a telephone cuts off, and far more words are found than with a clean upsampling.
        let input = audio.prefix(Self.maximumSamples).flatMap { byte -> [UInt8] in
            let sample = MuLaw.decode(byte)
            let low = UInt8(truncatingIfNeeded: sample)
            let high = UInt8(truncatingIfNeeded: sample >> 8)
            return [low, high, low, high]
        }
        let output = try await ChildProcess.output(
            of: Self.program,
            arguments: ["-infile", "@input", "-time", "yes", "-logfn", "/dev/null"],
            input: input,
            deadline: Self.deadline
        )
        return Self.words(in: String(decoding: output, as: UTF8.self))
    }

    /// Reads the lines `word start end confidence` of the program's output; fillers such as `<sil>` are left out.
    static func words(in output: String) -> [WordTiming] {
        output.split(whereSeparator: \.isNewline).compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 4, let start = Double(fields[1]), let end = Double(fields[2]),
                Double(fields[3]) != nil
            else { return nil }
            guard let first = fields[0].first, first != "<", first != "[", start >= 0, end >= start, end < 3600 else {
                return nil
            }
            // A pronunciation variant is written `hello(2)`.
            let text = String(fields[0].prefix { $0 != "(" })
            return WordTiming(text: text, start: Int(start * 8000), end: Int(end * 8000))
        }
    }
}
