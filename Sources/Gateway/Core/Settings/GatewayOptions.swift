package import AgentConfiguration
package import Observability
package import ServiceRuntime

/// What the gateway is told on its command line.
package struct GatewayOptions: Sendable {
    /// The configuration's directory, or the path of its `dialtone.yaml`.
    package var configurationPath: String

    /// The address to listen on in place of the configured one, `HOST:PORT`.
    package var listen: String?

    /// The public URL in place of the configured one.
    package var publicURL: String?

    /// The run directory in place of the configured one.
    package var runDirectory: String?

    /// Whether signatures and tokens are not asked for.
    package var skipsSignature = false

    /// Options that change nothing of the configuration.
    package init(configurationPath: String) {
        self.configurationPath = configurationPath
    }
}

/// A configuration read and checked together with the command line and the secrets.
package struct LoadedGateway: Sendable {
    /// The settings.
    package var settings: GatewaySettings

    /// Where to listen when the service manager passes no socket.
    package var listen: HostConfiguration.Listen

    /// The names of the secret with Twilio's auth tokens.
    package static let authTokenName = "TWILIO_AUTH_TOKEN"

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - options: the command line.
    ///   - environment: where secrets are looked up.
    /// - Throws: a `StartupFailure` with exit code 78 that says what to mend.
    package init(options: GatewayOptions, environment: Environment) throws(StartupFailure) {
        let configuration: DialtoneConfiguration
        do {
            configuration = try DialtoneConfiguration.load(path: options.configurationPath)
        } catch {
            throw StartupFailure(.configuration, error.description)
        }
        let host = configuration.host
        if let text = options.listen {
            guard let parsed = HostConfiguration.Listen(text) else {
                throw StartupFailure(.configuration, "--listen \(text): not HOST:PORT")
            }
            listen = parsed
        } else {
            listen = host.listen
        }
        let publicText = options.publicURL ?? host.publicURL
        guard let publicURL = PublicURL(publicText) else {
            throw StartupFailure(.configuration, "the public URL \(publicText) is not https://HOST[:PORT]")
        }
        let profiles = configuration.agents.map { AgentProfile($0, host: host) }
        settings = GatewaySettings(
            publicURL: publicURL,
            agents: Dictionary(profiles.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
            defaultAgent: host.defaultAgent
        )
        settings.take(host)
        if let runDirectory = options.runDirectory { settings.runDirectory = runDirectory }
        settings.skipsSignature = options.skipsSignature
        settings.authTokens = Self.authTokens(environment)
        try check()
    }

    private static func authTokens(_ environment: Environment) -> [Secret] {
        guard let secret = Credentials.load([authTokenName], environment: environment) else { return [] }
        return secret.reveal().split(whereSeparator: { $0 == "," || $0.isWhitespace }).map { Secret(String($0)) }
    }

    private func check() throws(StartupFailure) {
        if settings.skipsSignature {
            guard LoopbackAddress.isLoopback(listen.host) else {
                throw StartupFailure(
                    .configuration,
                    "--insecure-skip-signature is for loopback only, and \(listen) is not; listen on 127.0.0.1"
                )
            }
        } else if settings.authTokens.isEmpty {
            throw StartupFailure(
                .configuration,
                "\(Self.authTokenName) is not set: Twilio's requests cannot be checked without the account's auth token"
            )
        }
        guard settings.agent(calling: nil) != nil else {
            throw StartupFailure(.configuration, "the default agent \(settings.defaultAgent) is not configured")
        }
    }
}

extension GatewaySettings {
    /// Takes over what the host's file says.
    fileprivate mutating func take(_ host: HostConfiguration) {
        runDirectory = host.runDirectory
        numbers = host.numbers
        maximumCalls = host.limits.calls
        maximumMessageBytes = host.limits.messageBytes
        maximumHeaderBytes = host.limits.headerBytes
        handshakeSeconds = host.limits.handshakeSeconds
        refusal = TwiML(document: host.refusalTwiML)
        requiresStreamSignature = host.twilio.requireStreamSignature
        accountSID = host.twilio.accountSID
        playback.leadMilliseconds = Int64(host.playback.leadMilliseconds)
        playback.messageMilliseconds = Int64(host.playback.messageMilliseconds)
    }
}
