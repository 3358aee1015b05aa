import Testing

/// The rules of the house that a compiler does not check.
@Suite struct StructureTests {
    @Test func `no source file is longer than 600 lines`() throws {
        let files = try SourceTree.files(below: "Sources")
        #expect(files.count > 50)
        for file in files { #expect(file.lines.count <= 600, "\(file.path) has \(file.lines.count) lines") }
    }

    @Test func `files and folders are named after what they are`() throws {
        for file in try SourceTree.files(below: "Sources") {
            let names = file.path.split(separator: "/").map { $0.replacing(".swift", with: "") }
            for word in ["Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Extensions", "Misc"] {
                #expect(!names.contains { $0.hasSuffix(word) }, "\(file.path): \(word) says nothing")
            }
            #expect(!file.path.hasSuffix("/Placeholder.swift"), "\(file.path)")
        }
    }

    /// What the lowest layers may import.
    static let lowest: [(String, Set<String>)] = [
        ("Sources/Conversation", []), ("Sources/Shared/TelephonyAudio", []), ("Sources/Shared/JSONText", []),
        ("Sources/Shared/RequestSigning", ["COpenSSL", "JSONText", "Glibc"]),
        ("Sources/Shared/WorkerProtocol", ["JSONText", "NIOCore"]),
    ]

    @Test(arguments: lowest)
    func `the lowest layers import only what they may`(folder: String, allowed: Set<String>) throws {
        for file in try SourceTree.files(below: folder) {
            for module in file.imports { #expect(allowed.contains(module), "\(file.path) imports \(module)") }
        }
    }

    @Test func `workers import neither the gateway nor one another`() throws {
        let cores = ["STTWorker": "STTWorkerCore", "LLMWorker": "LLMWorkerCore", "TTSWorker": "TTSWorkerCore"]
        for (folder, own) in cores {
            let others = Set(cores.values).subtracting([own]).union(["GatewayCore", "Conversation", "Simulators"])
            for file in try SourceTree.files(below: "Sources/\(folder)") {
                #expect(others.isDisjoint(with: file.imports), "\(file.path)")
            }
        }
        for file in try SourceTree.files(below: "Sources/Gateway") {
            #expect(Set(cores.values).union(["Simulators"]).isDisjoint(with: file.imports), "\(file.path)")
        }
    }

    @Test func `no shared library imports a process or a simulator`() throws {
        let above: Set = [
            "GatewayCore", "STTWorkerCore", "LLMWorkerCore", "TTSWorkerCore", "Conversation", "Simulators", "Rehearsal",
        ]
        for file in try SourceTree.files(below: "Sources/Shared") {
            #expect(above.isDisjoint(with: file.imports), "\(file.path)")
        }
    }

    @Test func `whole Foundation stays out of the services but for YAML`() throws {
        let allowed = ["Sources/Shared/AgentConfiguration/"]
        for file in try SourceTree.files(below: "Sources") where !allowed.contains(where: file.path.hasPrefix) {
            #expect(!file.imports.contains("Foundation"), "\(file.path)")
        }
    }

    @Test func `TLS is named where connections are made and nowhere else`() throws {
        let allowed = ["Sources/Shared/WebSocketTransport/", "Sources/LLMWorker/", "Sources/Simulators/"]
        for file in try SourceTree.files(below: "Sources") where !allowed.contains(where: file.path.hasPrefix) {
            #expect(!file.imports.contains("NIOSSL"), "\(file.path)")
        }
    }
}
