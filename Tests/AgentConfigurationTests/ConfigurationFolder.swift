import AgentConfiguration
import FoundationEssentials

/// A configuration directory of a test, removed with its last reference.
final class ConfigurationFolder {
    static let agent = "prompt: You are helpful.\n"
    static let host = "public_url: https://voice.example.com\n"

    let path: String

    init(host: String? = ConfigurationFolder.host, agents: [String: String] = ["front.yaml": agent]) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "dialtone-\(UUID().uuidString)")
        path = url.path
        let folder = path + "/agents"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if let host { try write(host, "dialtone.yaml") }
        for (name, text) in agents { try write(text, "agents/" + name) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, _ name: String) throws {
        try Array(text.utf8).write(name, in: path)
    }

    /// The faults of the folder, each as a line, the folder's path left out.
    var faults: [String] {
        do throws(ConfigurationFaults) {
            _ = try DialtoneConfiguration.load(path: path)
            return []
        } catch {
            return error.faults.map { $0.description.replacing(path + "/", with: "") }
        }
    }

    /// The faults of an agent's file of this text beyond a valid prompt.
    static func faults(ofAgent text: String) throws -> [String] {
        try ConfigurationFolder(agents: ["front.yaml": agent + text]).faults
    }

    /// The faults of a host's file of this text beyond a valid address.
    static func faults(ofHost text: String) throws -> [String] {
        try ConfigurationFolder(host: host + text).faults
    }
}

extension [UInt8] {
    func write(_ name: String, in folder: String) throws {
        try Data(self).write(to: URL(filePath: folder + "/" + name))
    }
}
