import ArgumentParser
import LLMWorkerCore
import WorkerRuntime

/// `dialtone-llm`: the language-model worker.
@main
struct LanguageModelWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialtone-llm",
        abstract: "Asks language models for replies and runs their tools, for the gateway.",
        discussion: """
            Keys: ANTHROPIC_API_KEY, OPENAI_API_KEY (or systemd credentials anthropic_api_key, openai_api_key).
            Servers: ANTHROPIC_BASE_URL, OPENAI_BASE_URL go before what the agent's configuration says.
            """
    )

    @Option(help: "The Unix socket to listen on, unless systemd passes one.")
    var socket: String

    @Option(help: "The instance's name among the language-model workers.")
    var instance = "1"

    @Option(help: "Calls taken at once.")
    var capacity = WorkerOptions.defaultCapacity

    @Option(help: "The Unix socket of health and metrics.")
    var admin: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Option(help: "How long calls may go on after the worker was told to stop, seconds.")
    var drainSeconds = WorkerOptions.defaultDrainSeconds

    func run() async throws {
        let options: WorkerOptions
        do throws(WorkerOptionsError) {
            options = try WorkerOptions.parse(
                socket: socket,
                instance: instance,
                capacity: capacity,
                admin: admin,
                logLevel: logLevel,
                drainSeconds: drainSeconds
            )
        } catch {
            throw ValidationError(error.description)
        }
        throw ExitCode(await WorkerProcess.run(LanguageModelService(), options: options))
    }
}
