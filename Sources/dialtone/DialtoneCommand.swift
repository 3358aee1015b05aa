import ArgumentParser

/// `dialtone`: the operator's and developer's command.
@main
struct DialtoneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialtone",
        abstract: "A voice agent for telephone calls.",
        subcommands: [
            RunCommand.self,
            CheckCommand.self,
            CallCommand.self,
            FakeCommand.self,
            DemoCommand.self,
            BenchCommand.self,
        ]
    )
}
