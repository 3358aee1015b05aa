import ArgumentParser
import Simulators

/// `dialtone call`: calls a gateway as Twilio would.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a gateway as Twilio would, with a scripted caller; print the call, keep its sound.",
        discussion: """
            A script has one step a line: wait [SECONDS], say WORDS, barge MILLISECONDS WORDS, wav FILE, press KEYS, \
            pause MILLISECONDS, wait-hangup [SECONDS], hangup. Webhooks are signed with TWILIO_AUTH_TOKEN, if set.
            """
    )

    @Option(help: "Where the gateway is.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "The gateway's public URL, which signatures are made over (default: the same as --url).")
    var publicUrl: String?

    @Option(help: "A file with the caller's script.")
    var script: String?

    @Option(help: "Something to say; repeat it for more turns (in place of --script).")
    var say: [String] = []

    @Option(help: "The caller's number.")
    var from = "+441632960001"

    @Option(help: "The number called.")
    var to = "+441632960002"

    @Option(help: "How many calls at once.")
    var calls = 1

    @Option(help: "Folder for the stereo recording (left: caller, right: agent) and the report, one of each per call.")
    var output: String?

    @Option(help: "Folder of rendered speech shared with `dialtone fake deepgram`, which knows it by its sound.")
    var voiceFolder = VoiceFolder.standard

    @Option(help: "Milliseconds of quiet after which the agent has finished.")
    var settle = 900

    @Flag(help: "Have PocketSphinx, if installed, write down what the agent says.")
    var listen = false

    func validate() throws {
        guard (1...1000).contains(calls) else { throw ValidationError("--calls takes a number from 1 to 1000") }
        guard (100...10_000).contains(settle) else {
            throw ValidationError("--settle takes a number from 100 to 10000")
        }
        guard script == nil || say.isEmpty else { throw ValidationError("give either --script or --say") }
    }

    func run() async throws {
        let voice = await VoiceLibrary.automatic(directory: voiceFolder)
        let renderer = CallScriptRenderer(voice: voice, readFile: { try FileBytes.read($0) })
        let steps = try await renderer.render(try scriptSteps())
        var configuration = CallConfiguration(publicURL: publicUrl ?? url)
        configuration.via = url
        configuration.from = from
        configuration.to = to
        configuration.settleMilliseconds = settle
        configuration.authToken = ProcessEnvironment.value("TWILIO_AUTH_TOKEN")
        let console = Console()
        let lines = CallerScript(steps: steps).lines
        let printer = calls == 1 ? CallPrinter(console: console, lines: lines) : nil
        let reports = try await CallParty.hold(count: calls, configuration: configuration, steps: { _ in steps }) {
            printer?.happened($0)
        }
        try await finish(reports, console: console)
    }

    private func scriptSteps() throws -> [CallScriptText.Step] {
        if let script {
            return try CallScriptText.parse(String(decoding: try FileBytes.read(script), as: UTF8.self))
        }
        let lines = say.isEmpty ? ["What are your opening hours?"] : say
        return [.wait(seconds: 20)] + lines.flatMap { [.say($0), .wait(seconds: 20)] } + [.hangUp]
    }

    private func finish(_ reports: [CallReport], console: Console) async throws {
        for (index, report) in reports.enumerated() {
            if listen, await PocketSphinx.isInstalled() {
                for line in await AgentListener.transcribe(report) { console.line("heard     \(line)") }
            }
            if let output { try CallFiles.write(report, index: index, to: output, console: console) }
        }
        CallSummary.print(reports, on: console)
        guard CallSummary.isClean(reports) else { throw ExitCode.failure }
    }
}
