import ArgumentParser
import LLMWorkerCore
import WorkerCommandLine

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

    @OptionGroup var worker: WorkerArguments

    func run() async throws {
        try await worker.run(LanguageModelService())
    }
}
