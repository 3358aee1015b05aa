/// What a local stack runs and where.
package struct StackSettings: Sendable {
    /// Folder of the executables `dialtone-gateway`, `dialtone-stt`, `dialtone-llm` and `dialtone-tts`.
    package var binaries: String

    /// Folder holding `dialtone.yaml` and `agents/`.
    package var configuration: String

    /// Folder for the sockets; made if missing.
    ///
    /// A path of at most 80 bytes, because a socket's path is limited.
    package var runDirectory: String

    /// Where the gateway listens, `host:port`; nil: as configured.
    package var listen: String?

    /// What Twilio calls; nil: as configured.
    package var publicURL: String?

    /// How many instances of each worker.
    package var instances = ["stt": 1, "llm": 1, "tts": 1]

    /// Let requests through without a signature; only for a gateway on loopback.
    package var insecureSkipSignature = false

    /// Variables added to the children's environment.
    package var environment: [String: String] = [:]

    /// `debug`, `info`, `notice`, `warning` or `error`.
    package var logLevel = "info"

    /// How long a child may take to stop, milliseconds; then it is killed.
    package var stopMilliseconds = 8000

    /// Makes settings.
    package init(binaries: String, configuration: String, runDirectory: String) {
        self.binaries = binaries
        self.configuration = configuration
        self.runDirectory = runDirectory
    }

    /// The children, gateway first; workers are named `stt-1`, `stt-2`, ….
    package var children: [ChildCommand] {
        var gateway = ["--config", configuration, "--run-dir", runDirectory, "--log-level", logLevel]
        if let listen { gateway += ["--listen", listen] }
        if let publicURL { gateway += ["--public-url", publicURL] }
        if insecureSkipSignature { gateway.append("--insecure-skip-signature") }
        var children = [
            ChildCommand(name: "gateway", executable: binaries + "/dialtone-gateway", arguments: gateway)
        ]
        for role in ["stt", "llm", "tts"] {
            for instance in 0..<max(0, instances[role] ?? 0) {
                let number = String(instance + 1)
                children.append(
                    ChildCommand(
                        name: "\(role)-\(number)",
                        executable: binaries + "/dialtone-\(role)",
                        arguments: [
                            "--socket", "\(runDirectory)/\(role)/\(number).sock", "--instance", number,
                            "--log-level", logLevel,
                        ]
                    )
                )
            }
        }
        return children
    }
}

/// One process of the stack.
package struct ChildCommand: Sendable, Equatable {
    /// The name in logs: `gateway`, `stt-1`, ….
    package let name: String

    /// The executable's path.
    package let executable: String

    /// Its arguments; never a secret.
    package let arguments: [String]
}
