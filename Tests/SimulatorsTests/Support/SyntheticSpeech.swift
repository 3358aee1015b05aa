import TelephonyAudio

@testable import Simulators

/// Audio for tests of the transcription: stretches of tone and of silence.
enum SyntheticSpeech {
    /// `milliseconds` of a tone well above the threshold of speech.
    static func tone(_ milliseconds: Int) -> [UInt8] {
        (0..<milliseconds * 8).map { MuLaw.encode($0 / 20 % 2 == 0 ? 6000 : -6000) }
    }

    /// `milliseconds` of silence.
    static func silence(_ milliseconds: Int) -> [UInt8] {
        [UInt8](repeating: MuLaw.silence, count: milliseconds * 8)
    }

    /// The text's tones, which a library finds again.
    static func utterance(_ text: String) -> RenderedUtterance {
        RenderedUtterance(text: text, audio: TonePattern.render(text))
    }

    /// A library that knows `texts` as tones.
    static func library(_ texts: String...) -> VoiceLibrary {
        let library = VoiceLibrary(engine: .tones)
        for text in texts { library.register(self.utterance(text)) }
        return library
    }
}
