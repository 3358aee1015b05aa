import ArgumentParser
import Glibc
import LocalStack

/// `dialtone run`: the whole stack in a terminal, without systemd.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Start the gateway and its workers here, show their logs, restart what dies, stop all on Ctrl-C."
    )

    @Option(name: .customLong("config"), help: "Folder with dialtone.yaml and agents/.")
    var configurationPath = "/etc/dialtone"

    @Option(help: "Folder for the sockets.")
    var runDir = "/run/dialtone"

    @Option(help: "Where the gateway listens, HOST:PORT (default: as configured).")
    var listen: String?

    @Option(help: "What Twilio calls (default: as configured).")
    var publicUrl: String?

    @Option(help: "Instances of the speech-to-text worker.")
    var stt = 1

    @Option(help: "Instances of the language-model worker.")
    var llm = 1

    @Option(help: "Instances of the text-to-speech worker.")
    var tts = 1

    @Flag(help: "Let requests through without Twilio's signature; only when listening on loopback.")
    var insecureSkipSignature = false

    @Option(help: "debug, info, notice, warning or error.")
    var logLevel = "info"

    func validate() throws {
        for (name, count) in [("--stt", stt), ("--llm", llm), ("--tts", tts)] where !(0...64).contains(count) {
            throw ValidationError("\(name) takes a number from 0 to 64")
        }
    }

    func run() async throws {
        let console = Console()
        var settings = StackSettings(
            binaries: try ExecutableFolder.find(),
            configuration: configurationPath,
            runDirectory: runDir
        )
        settings.listen = listen
        settings.publicURL = publicUrl
        settings.instances = ["stt": stt, "llm": llm, "tts": tts]
        settings.insecureSkipSignature = insecureSkipSignature
        settings.logLevel = logLevel
        let (refusals, refused) = AsyncStream.makeStream(of: String.self)
        let stack = LocalStack(settings: settings) { event in
            StackPrinter.show(event, on: console)
            if case .refused(let name) = event { refused.yield(name) }
            if case .unstartable(let name, _) = event { refused.yield(name) }
        }
        let signals = await StopSignals()
        try stack.start()
        let failed = await Self.first(of: signals, or: refusals)
        console.line(console.paint("dialtone  stopping", .blue))
        await stack.stop()
        if failed { throw ExitCode(78) }
    }

    /// Waits for Ctrl-C (false) or for a process that refuses to run (true).
    private static func first(of signals: StopSignals, or refusals: AsyncStream<String>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await signals.wait()
                return false
            }
            group.addTask {
                for await _ in refusals { return true }
                // Cancelled: the other task's answer counts.
                return false
            }
            let answer = await group.next() ?? false
            group.cancelAll()
            return answer
        }
    }
}

/// Shows what happens to the processes of a stack, a colour for each role.
enum StackPrinter {
    static func show(_ event: LocalStack.Event, on console: Console) {
        switch event {
        case .line(let name, let text): write(name, text, on: console)
        case .started(let name, let process):
            write(name, console.paint("started, process \(process)", .blue), on: console)
        case .died(let name, let status, let delay):
            let wait = delay == 0 ? "now" : "in \(delay) ms"
            write(name, console.paint("died (\(status)), starting it again \(wait)", .red, bold: true), on: console)
        case .refused(let name):
            write(name, console.paint("refuses its configuration; see the lines above", .red, bold: true), on: console)
        case .unstartable(let name, let reason):
            write(name, console.paint("cannot be started: \(reason)", .red, bold: true), on: console)
        case .stopped(let name): write(name, console.paint("stopped", .blue), on: console)
        }
    }

    private static func write(_ name: String, _ text: String, on console: Console) {
        console.line(console.paint(name.padded(to: 8), Console.colour(of: name)) + "  " + text)
    }
}
