import ArgumentParser
import GatewayCore
import Logging
import ServiceRuntime

/// `dialtone-gateway`: answers Twilio's calls.
@main
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialtone-gateway",
        abstract: "Answers Twilio's calls: webhooks, media streams and conversations.",
        discussion: """
            Twilio's auth token is read from $CREDENTIALS_DIRECTORY/twilio_auth_token or TWILIO_AUTH_TOKEN; several,
            separated by commas, while it is being rotated. SIGHUP reads the configuration again; SIGTERM lets calls end.
            """
    )

    @Option(help: "Directory of dialtone.yaml and agents/, or the path of dialtone.yaml.")
    var config: String

    @Option(help: "Address to listen on, HOST:PORT, in place of the configured one.")
    var listen: String?

    @Option(help: "URL Twilio reaches this gateway by, in place of the configured one.")
    var publicURL: String?

    @Option(help: "Directory of the workers' sockets, in place of the configured one.")
    var runDir: String?

    @Flag(help: "Answer unsigned requests and streams without a token; only when listening on loopback.")
    var insecureSkipSignature = false

    @Option(help: "Lowest level logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    @Flag(help: "Log callers' numbers and what is said in clear.")
    var logSensitive = false

    @Option(help: "How long calls may go on after SIGTERM, seconds.")
    var drainSeconds = 60

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else { throw ValidationError("unknown log level \(logLevel)") }
        guard (0...86_400).contains(drainSeconds) else { throw ValidationError("--drain-seconds must be 0 to 86400") }
    }

    func run() async throws {
        var options = GatewayOptions(configurationPath: config)
        options.listen = listen
        options.publicURL = publicURL
        options.runDirectory = runDir
        options.skipsSignature = insecureSkipSignature
        var service = ServiceOptions()
        service.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        service.showsSensitive = logSensitive
        service.drainSeconds = drainSeconds
        let code = await GatewayProcess.run(options, service: service)
        throw ArgumentParser.ExitCode(code)
    }
}
