import ArgumentParser
import TTSWorkerCore
import WorkerCommandLine

/// The command line of `dialtone-tts`.
@main
struct TextToSpeechCommandLine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialtone-tts",
        abstract: "Speaks the agent's replies for the gateway.",
        discussion: """
            Listens on a Unix socket, or on the one systemd passes, for links of the gateway. Reads DEEPGRAM_API_KEY \
            from $CREDENTIALS_DIRECTORY or the environment, and DEEPGRAM_TTS_BASE_URL and DEEPGRAM_BASE_URL from the \
            environment.
            """
    )

    @OptionGroup var worker: WorkerArguments

    func run() async throws {
        try await worker.run(TextToSpeechService())
    }
}
