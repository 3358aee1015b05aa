import ArgumentParser
import Simulators

/// `dialtone fake`: a provider on this machine, to try everything without a key.
struct FakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake",
        abstract: "Run a provider on this machine, with its latencies and faults as options.",
        subcommands: [
            FakeDeepgramCommand.self,
            FakeAnthropicCommand.self,
            FakeOpenAICommand.self,
            FakeTwilioCommand.self,
            FakeToolsCommand.self,
        ]
    )
}

/// Prints what a simulator sees until the process is told to stop.
struct FakeRun {
    /// Prints `hint`, then each event if `isVerbose`, until Ctrl-C or SIGTERM, or until `work` is done if there is any.
    static func wait<Event>(
        _ hint: String,
        events: EventLog<Event>,
        isVerbose: Bool,
        work: (@Sendable () async -> Void)? = nil
    ) async {
        let console = Console()
        let signals = await StopSignals()
        console.line(hint)
        let stream = events.stream()
        let printer = Task {
            guard isVerbose else { return }
            for await recorded in stream {
                console.line("\(console.paint("\(Int(recorded.milliseconds))", .grey)) \(recorded.event)")
            }
        }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await signals.wait() }
            if let work { tasks.addTask { await work() } }
            await tasks.next()
            tasks.cancelAll()
        }
        printer.cancel()
    }

    /// Reads a list of `FAULT` or `FAULT*COUNT`.
    static func faults<Fault>(_ texts: [String], _ read: (String) -> Fault?, forms: String) throws -> [Fault] {
        try texts.flatMap { text -> [Fault] in
            let parts = text.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let count = parts.count == 2 ? Int(parts[1]) : 1
            guard let count, (1...100_000).contains(count), let fault = read(parts[0]) else {
                throw ValidationError("'\(text)' is not a fault; use FAULT or FAULT*COUNT, FAULT one of: \(forms)")
            }
            return Array(repeating: fault, count: count)
        }
    }
}

/// `dialtone fake tools`: the tools the example agents call.
struct FakeToolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "Run the tools of Oak Dental: /find_slot and /book_slot."
    )

    @Option(help: "Port on the loopback; 0 takes a free one.")
    var port = 8704

    @Option(help: "Milliseconds until an answer.")
    var latency = 50

    @Option(help: "The HTTP status of every answer.")
    var status = 200

    @Flag(help: "Print every call.")
    var verbose = false

    func run() async throws {
        var settings = ToolServerSettings()
        settings.latency = latency
        settings.status = status
        let tools = try await FakeToolServer.start(on: port, settings: settings)
        await FakeRun.wait("Tools are at \(tools.url)/find_slot", events: tools.events, isVerbose: verbose)
        await tools.stop()
    }
}
