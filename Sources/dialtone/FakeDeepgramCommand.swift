import ArgumentParser
import Simulators

/// `dialtone fake deepgram`: transcription and synthesis on this machine.
struct FakeDeepgramCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deepgram",
        abstract: "Run a Deepgram that listens (/v1/listen) and speaks (/v1/speak).",
        discussion: """
            What it hears it looks for among the utterances it knows: those given with --say and those other processes \
            put into the --voice-folder. What it does not know it recognises with PocketSphinx if that is installed.
            """
    )

    @Option(help: "Port on the loopback; 0 takes a free one.")
    var port = 8701

    @Option(help: "The only API key let in; without it every key is.")
    var key: String?

    @Option(help: "Milliseconds from a point of the audio to the message about it.")
    var latency = 150

    @Option(help: "Milliseconds from the onset of speech to the first interim.")
    var firstInterim = 300

    @Option(help: "Milliseconds from a Flush or a sentence's end to the first audio.")
    var firstByte = 150

    @Option(help: "How many times faster than real time audio is sent.")
    var speed = 12.0

    @Option(help: "Voice of the utterances: flite[:VOICE], espeak[:VOICE] or tones.")
    var voice: String?

    @Option(help: "Voice of the synthesis; without it another one of the same engine.")
    var speakVoice: String?

    @Option(help: "Folder of rendered speech shared with `dialtone call`, which it knows by its sound.")
    var voiceFolder = VoiceFolder.standard

    @Option(help: "A text it will know when it hears it in its own voice; may be repeated.")
    var say: [String] = []

    @Option(help: "A line taken as the transcript of the next stretch of speech, in order; may be repeated.")
    var line: [String] = []

    @Option(help: "The transcript of speech it does not know, in place of PocketSphinx.")
    var unknown: String?

    @Option(help: "Transcriptions at once.")
    var listenLimit = 150

    @Option(help: "Syntheses at once.")
    var speakLimit = 45

    @Option(help: "A fault, may be repeated: \(DeepgramSettings.faultForms).")
    var fault: [String] = []

    @Option(help: "How the next handshakes for listening fail: STATUS, hang or cut, with *COUNT for several.")
    var failListen: [String] = []

    @Option(help: "How the next handshakes for speaking fail: STATUS, hang or cut, with *COUNT for several.")
    var failSpeak: [String] = []

    @Flag(help: "Print everything that happens.")
    var verbose = false

    func run() async throws {
        var best = try engine(voice)
        if best == nil { best = await .automatic() }
        let library = VoiceLibrary(engine: best ?? .tones, directory: voiceFolder)
        for text in say { _ = await library.utterance(text) }
        let listenFaults = try FakeRun.faults(failListen, HandshakeFault.init, forms: "STATUS, hang, cut")
        let speakFaults = try FakeRun.faults(failSpeak, HandshakeFault.init, forms: "STATUS, hang, cut")
        let fake = try await FakeDeepgram.start(on: port, settings: try await settings(), voice: library)
        for fault in listenFaults { fake.failHandshakes(of: .listen, with: fault) }
        for fault in speakFaults { fake.failHandshakes(of: .speak, with: fault) }
        let hint = "Deepgram is at \(fake.url)\nexport DEEPGRAM_BASE_URL=\(fake.url) DEEPGRAM_API_KEY=\(key ?? "any")"
        await FakeRun.wait(hint, events: fake.events, isVerbose: verbose)
        await fake.stop()
    }

    private func settings() async throws -> DeepgramSettings {
        var settings = DeepgramSettings()
        settings.apiKeys = key.map { [$0] }
        settings.listenLimit = listenLimit
        settings.speakLimit = speakLimit
        settings.listen.latency = latency
        settings.listen.firstInterim = firstInterim
        settings.speak.firstByte = firstByte
        settings.speak.speedFactor = speed
        settings.speak.engine = try engine(speakVoice)
        if let unknown {
            settings.listen.unknown = .text(unknown)
        } else if await PocketSphinx.isInstalled() {
            settings.listen.unknown = .pocketSphinx
        }
        if !line.isEmpty {
            let lines = line
            settings.listen.script = { _ in lines }
        }
        for name in fault where !settings.setFault(name) {
            throw ValidationError("'\(name)' is not a fault; allowed: \(DeepgramSettings.faultForms)")
        }
        return settings
    }

    private func engine(_ name: String?) throws -> VoiceEngine? {
        guard let name else { return nil }
        guard let engine = VoiceEngine(name) else {
            throw ValidationError("'\(name)' is not a voice; use flite[:VOICE], espeak[:VOICE] or tones")
        }
        return engine
    }
}
