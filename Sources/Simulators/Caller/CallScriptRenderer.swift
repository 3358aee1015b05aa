import TelephonyAudio

/// Turns a script's words and files into sound.
package struct CallScriptRenderer: Sendable {
    /// Reads a file whole.
    package typealias ReadFile = @Sendable (String) throws -> [UInt8]

    /// What a person leaves after the last word before listening.
    private static let margin = Array(repeating: MuLaw.silence, count: 100 * MuLaw.bytesPerMillisecond)

    private let voice: VoiceLibrary
    private let readFile: ReadFile

    /// Makes a renderer.
    ///
    /// - Parameters:
    ///   - voice: speaks the words and is what a simulated recogniser finds them in.
    ///   - readFile: reads recordings.
    package init(voice: VoiceLibrary, readFile: @escaping ReadFile) {
        self.voice = voice
        self.readFile = readFile
    }

    /// Renders a script.
    ///
    /// - Throws: what `readFile` throws, or `WAVError` for a recording that is none.
    /// - Returns: the steps in the same order.
    package func render(_ steps: [CallScriptText.Step]) async throws -> [CallStep] {
        var rendered: [CallStep] = []
        for step in steps {
            switch step {
            case .say(let text): rendered.append(.say(await line(text)))
            case .barge(let delay, let text):
                rendered.append(.bargeIn(afterMilliseconds: delay, await line(text)))
            case .wav(let path):
                let recording = try WAVFile.parse(try readFile(path))
                rendered.append(.say(SpokenLine(text: "[\(path)]", audio: recording.muLaw8k())))
            case .wait(let seconds): rendered.append(.waitForReply(timeoutMilliseconds: seconds * 1000))
            case .press(let keys): rendered.append(.press(keys))
            case .pause(let milliseconds): rendered.append(.pause(milliseconds: milliseconds))
            case .waitForHangUp(let seconds):
                rendered.append(.waitForHangUp(timeoutMilliseconds: seconds * 1000))
            case .hangUp: rendered.append(.hangUp)
            }
        }
        return rendered
    }

    private func line(_ text: String) async -> SpokenLine {
        SpokenLine(text: text, audio: await voice.utterance(text).audio + Self.margin)
    }
}
