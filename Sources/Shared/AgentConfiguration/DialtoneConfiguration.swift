import FoundationEssentials

/// The whole configuration: the host and its agents.
package struct DialtoneConfiguration: Sendable, Equatable {
    /// The host's file in a configuration directory.
    package static let hostFileName = "dialtone.yaml"

    /// The folder of the agents' files beside it.
    package static let agentsFolderName = "agents"

    /// The host.
    package let host: HostConfiguration

    /// The agents, by name; at least one.
    package let agents: [AgentConfiguration]

    /// A configuration of its parts, without any check.
    package init(host: HostConfiguration, agents: [AgentConfiguration]) {
        self.host = host
        self.agents = agents
    }

    /// The agent of that name.
    package func agent(named name: String) -> AgentConfiguration? {
        agents.first { $0.name == name }
    }

    /// The agent that answers calls to `number`: the one configured for it, else the default one.
    ///
    /// Nil only in a configuration that was not loaded from files.
    package func agent(forNumber number: String) -> AgentConfiguration? {
        agent(named: host.numbers[number] ?? host.defaultAgent)
    }

    /// Reads and checks the configuration in the directory `path`, or beside the host's file `path`.
    ///
    /// All faults of all files are thrown at once.
    package static func load(path: String) throws(ConfigurationFaults) -> DialtoneConfiguration {
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        var isDirectory = false
        _ = FileManager.default.fileExists(atPath: trimmed, isDirectory: &isDirectory)
        let directory = isDirectory ? trimmed : parent(of: trimmed)
        let hostFile = isDirectory ? join(trimmed, hostFileName) : trimmed

        var faults: [ConfigurationFault] = []
        let agents = loadAgents(in: join(directory, agentsFolderName), &faults)
        let log = FaultLog(file: hostFile)
        let host = YAMLDocument.read(hostFile, log: log).map { root in
            HostConfiguration.read(root, agents: agents.names)
        }
        faults = log.sorted + faults
        guard let host, faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
        return DialtoneConfiguration(host: host, agents: agents.read)
    }

    /// The agents that could be read, and the names of all files, so that a broken agent is not also an unknown one.
    private static func loadAgents(
        in folder: String,
        _ faults: inout [ConfigurationFault]
    ) -> (read: [AgentConfiguration], names: [String]) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            faults.append(.init(file: folder, line: 0, key: "", message: "cannot be read; it holds the agents' files"))
            return ([], [])
        }
        var agents: [AgentConfiguration] = []
        var agentNames: [String] = []
        for name in names where !name.hasPrefix(".") {
            let file = join(folder, name)
            if name.hasSuffix(".yml") {
                faults.append(.init(file: file, line: 0, key: "", message: "is not read; agents' files end in .yaml"))
            }
            guard name.hasSuffix(".yaml") else { continue }
            let agentName = String(name.dropLast(5))
            agentNames.append(agentName)
            let log = FaultLog(file: file)
            if let root = YAMLDocument.read(file, log: log) {
                agents.append(AgentConfiguration.read(root, fileName: agentName))
            }
            faults += log.sorted
        }
        if agentNames.isEmpty {
            faults.append(.init(file: folder, line: 0, key: "", message: "holds no agent; one .yaml file is needed"))
        }
        return (agents, agentNames)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}
