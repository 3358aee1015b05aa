import ArgumentParser
import STTWorkerCore
import WorkerCommandLine

/// The command line of `dialtone-stt`.
@main
struct SpeechToTextCommandLine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialtone-stt",
        abstract: "Transcribes callers' audio for the gateway.",
        discussion: """
            Listens on a Unix socket, or on the one systemd passes, for links of the gateway. Reads DEEPGRAM_API_KEY \
            from $CREDENTIALS_DIRECTORY or the environment, and DEEPGRAM_STT_BASE_URL and DEEPGRAM_BASE_URL from the \
            environment.
            """
    )

    @OptionGroup var worker: WorkerArguments

    @Option(help: "The audio in one message to the provider, 20 to 250 ms.")
    var chunkMilliseconds: Int = 100

    func validate() throws {
        guard (20...250).contains(chunkMilliseconds) else {
            throw ValidationError("--chunk-milliseconds: \(chunkMilliseconds) is out of range; allowed: 20 to 250")
        }
    }

    func run() async throws {
        var timings = ListenTimings()
        timings.chunkMilliseconds = Int64(chunkMilliseconds)
        try await worker.run(SpeechToTextService(timings: timings))
    }
}
