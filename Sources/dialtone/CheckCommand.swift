import AgentConfiguration
import ArgumentParser

/// `dialtone check`: tells every fault of a configuration by file, line and key.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration and name file, line and key of each fault.",
        discussion: "Prints one line for each fault and exits with 78, or prints a summary and exits with 0."
    )

    /// The exit code of a bad configuration (sysexits, EX_CONFIG).
    private static let badConfiguration = ExitCode(78)

    @Option(name: .customLong("config"), help: "Folder with dialtone.yaml and agents/, or the path of dialtone.yaml.")
    var configurationPath = "/etc/dialtone"

    func run() throws {
        do throws(ConfigurationFaults) {
            print(Self.summary(of: try DialtoneConfiguration.load(path: configurationPath), configurationPath))
        } catch {
            print(error.description)
            throw Self.badConfiguration
        }
    }

    private static func summary(of configuration: DialtoneConfiguration, _ path: String) -> String {
        let agents = configuration.agents.map(\.name)
        let host = configuration.host
        let count = agents.count == 1 ? "1 agent" : "\(agents.count) agents"
        return "\(path) is valid: \(count) (\(agents.joined(separator: ", "))), default \(host.defaultAgent), "
            + "listening on \(host.listen), reached at \(host.publicURL)"
    }
}
