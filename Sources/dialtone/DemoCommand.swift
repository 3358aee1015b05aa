import ArgumentParser
import JSONText
import LocalStack
import Rehearsal
import Simulators

/// `dialtone demo`: a whole call on this machine.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Hold a whole call here: real processes, real protocols, simulated caller and providers.",
        discussion: """
            With DEEPGRAM_API_KEY and ANTHROPIC_API_KEY in the environment the real providers are used; the caller is \
            simulated all the same.
            """
    )

    @Option(help: "Folder for the recording and the report.")
    var output = "demo-out"

    @Flag(help: "Show the logs of the processes too.")
    var logs = false

    /// Four turns and more: a question, an interruption that needs a tool, an answer, a question, a goodbye.
    private static let script = """
        wait
        say What are your opening hours?
        barge 1200 Sorry, can I come in on Tuesday?
        wait
        say The first one suits me.
        wait
        say Do you have parking?
        wait
        say Thank you very much, goodbye.
        wait-hangup 20
        """

    func run() async throws {
        let console = Console()
        var options = Rehearsal.Options(binaries: try ExecutableFolder.find())
        let isReal =
            ProcessEnvironment.value("DEEPGRAM_API_KEY") != nil && ProcessEnvironment.value("ANTHROPIC_API_KEY") != nil
        options.usesRealProviders = isReal
        console.line(
            isReal
                ? "Dialtone with Deepgram and Anthropic; the caller is simulated."
                : "Dialtone offline: the caller, Deepgram and Anthropic are simulated, the four processes are not."
        )
        let showsLogs = logs
        let rehearsal = try await Rehearsal.start(options) { Self.show($0, on: console, logs: showsLogs) }
        let reports: [CallReport]
        do {
            reports = try await call(rehearsal, console: console, isReal: isReal)
        } catch {
            await rehearsal.stop()
            throw error
        }
        await rehearsal.stop()
        for report in reports { try CallFiles.write(report, index: 0, to: output, console: console) }
        CallSummary.print(reports, on: console)
        guard CallSummary.isClean(reports) else { throw ExitCode.failure }
    }

    private func call(_ rehearsal: Rehearsal, console: Console, isReal: Bool) async throws -> [CallReport] {
        let renderer = CallScriptRenderer(voice: rehearsal.voice, readFile: { try FileBytes.read($0) })
        let steps = try await renderer.render(try CallScriptText.parse(Self.script))
        let printer = CallPrinter(console: console, lines: CallerScript(steps: steps).lines)
        let scribe = AgentScribe(console: console, greeting: RehearsalAgent(toolURL: "").greeting)
        let said = rehearsal.deepgram.events.stream()
        let words = Task { for await recorded in said { scribe.take(recorded.event) } }
        defer { words.cancel() }
        let reports = try await CallParty.hold(
            count: 1,
            configuration: rehearsal.configuration(),
            steps: { _ in steps }
        ) { happening in
            if !isReal { scribe.happened(happening) }
            printer.happened(happening)
        }
        if isReal, await PocketSphinx.isInstalled(), let report = reports.first {
            for line in await AgentListener.transcribe(report) { console.line("heard     \(line)") }
        }
        for recorded in rehearsal.tools.events.all {
            console.line("          tool called: \(recorded.event.target) \(recorded.event.body.serialized())")
        }
        return reports
    }

    private static func show(_ event: LocalStack.Event, on console: Console, logs: Bool) {
        switch event {
        case .line: if logs { StackPrinter.show(event, on: console) }
        case .stopped: break
        case .started, .died, .refused, .unstartable: StackPrinter.show(event, on: console)
        }
    }
}
