import FoundationEssentials
import TelephonyAudio
import Testing

@testable import Simulators

@Suite struct VoiceLibraryTests {
    @Test func `a text is rendered once and kept`() async {
        let library = VoiceLibrary(engine: .tones)
        #expect(library.cached("Hello.") == nil)
        let first = await library.utterance("Hello.")
        #expect(library.cached("Hello.") == first)
        #expect(first.audio.count == 6 * 456)
        #expect(first.text == "Hello.")
    }

    @Test func `words are laid over the loud parts in order`() {
        let utterance = SyntheticSpeech.utterance("We open at nine.")
        #expect(utterance.words.map(\.text) == ["We", "open", "at", "nine."])
        #expect(utterance.words.allSatisfy { $0.start < $0.end && $0.end <= utterance.audio.count })
        #expect(utterance.words.map(\.start) == utterance.words.map(\.start).sorted())
    }

    @Test func `what was rendered is transcribed from its audio`() async {
        let library = VoiceLibrary(engine: .tones)
        let speech = await library.utterance("Can I come in on Tuesday, please?")
        let stream = SyntheticSpeech.silence(333) + [0xFE] + speech.audio + SyntheticSpeech.silence(200)
        #expect(library.transcribe(stream) == "Can I come in on Tuesday, please?")
    }

    @Test func `an engine that is missing gives way to tones`() async {
        let library = VoiceLibrary(engine: .flite(voice: "no-such-voice-file.flitevox"))
        let speech = await library.utterance("Hi")
        #expect(speech.audio == TonePattern.render("Hi") || speech.audio.count > 160)
    }

    @Test func `two libraries share a folder`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "dialtone-voice-\(ProviderIdentifier.hex(8))"
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = VoiceLibrary(engine: .tones, directory: folder.path())
        let second = VoiceLibrary(engine: .tones, directory: folder.path())
        let speech = await first.utterance("Nine o'clock.")
        #expect(second.transcribe(speech.audio).isEmpty)
        await second.refresh()
        #expect(second.transcribe(speech.audio) == "Nine o'clock.")
        #expect(await second.utterance("Nine o'clock.") == speech)
    }

    @Test(arguments: [
        ("flite", "flite:slt"), ("flite:rms", "flite:rms"), ("espeak", "espeak:en"), ("tones", "tones"),
    ])
    func `an engine is read by its name`(text: String, name: String) {
        #expect(VoiceEngine(text)?.name == name)
    }

    @Test(arguments: ["", "festival", "flite:", "flite:/etc/passwd", "espeak:a b"])
    func `other names are no engines`(text: String) {
        #expect(VoiceEngine(text) == nil)
    }

    @Test(.enabled("flite is installed") { await ChildProcess.isInstalled("flite") })
    func `flite speaks understandable length and is found again`() async {
        let library = VoiceLibrary(engine: .flite(voice: "slt"))
        let speech = await library.utterance("Hello, Oak Dental.")
        #expect(library.fallbacks == 0)
        #expect((700...4000).contains(speech.milliseconds))
        #expect(library.transcribe(Array(speech.audio.dropFirst(77))) == "Hello, Oak Dental.")
    }

    @Test(.enabled("espeak-ng is installed") { await ChildProcess.isInstalled("espeak-ng") })
    func `espeak speaks too, and takes no text for an option`() async {
        let library = VoiceLibrary(engine: .espeak(voice: "en"))
        let speech = await library.utterance("--help is what I need")
        #expect(library.fallbacks == 0)
        #expect((700...4000).contains(speech.milliseconds))
    }
}
