import ArgumentParser
import TTSWorkerCore
import WorkerRuntime

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

    @Option(help: "The Unix socket to listen on.")
    var socket: String

    @Option(help: "The instance's name.")
    var instance: String?

    @Option(help: "Sessions taken at once.")
    var capacity: Int?

    @Option(help: "The Unix socket of health and metrics.")
    var admin: String?

    @Option(help: "The lowest level that is logged.")
    var logLevel: String?

    @Option(help: "How long sessions may go on after a stop was asked for, in seconds.")
    var drainSeconds: Int?

    func validate() throws {
        _ = try options()
    }

    func run() async throws {
        let code = await WorkerProcess.run(TextToSpeechService(), options: try options())
        throw ExitCode(code)
    }

    private func options() throws -> WorkerOptions {
        do {
            return try WorkerOptions.parse(
                socket: socket,
                instance: instance,
                capacity: capacity,
                admin: admin,
                logLevel: logLevel,
                drainSeconds: drainSeconds
            )
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
