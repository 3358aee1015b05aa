package import Observability

/// Everything a gateway is run with: configuration, flags and secrets, checked.
package struct GatewaySettings: Sendable {
    /// The address Twilio knows the gateway by.
    package var publicURL: PublicURL

    /// Where workers' sockets are.
    package var runDirectory = "/run/dialtone"

    /// The agents by name.
    package var agents: [String: AgentProfile]

    /// Who answers when the number called has no agent of its own; one of ``agents``.
    package var defaultAgent: String

    /// Agents by the number called.
    package var numbers: [String: String] = [:]

    /// Calls at once.
    package var maximumCalls = 100

    /// Bytes of one stream message.
    package var maximumMessageBytes = 65_536

    /// Bytes of a request's headers.
    package var maximumHeaderBytes = 16_384

    /// How long `start` may take after the WebSocket opened, seconds.
    package var handshakeSeconds = 5

    /// What a call is answered with when there is no room.
    package var refusal = TwiML(document: "<Response><Reject reason=\"busy\"/></Response>")

    /// Whether the stream's own request must be signed; when not, a signature that is there must still be right.
    package var requiresStreamSignature = false

    /// Whether signatures and tokens are not asked for; only for a gateway that listens on loopback.
    package var skipsSignature = false

    /// Twilio's auth tokens; several while they are being rotated.
    package var authTokens: [Secret] = []

    /// The account whose calls are answered; nil: any whose signature is right.
    package var accountSID: String?

    /// How audio is sent.
    package var playback = PlayoutPacer.Settings()

    /// Times that are no matter of configuration.
    package var times = GatewayTimes()

    /// Settings with every default.
    package init(publicURL: PublicURL, agents: [String: AgentProfile], defaultAgent: String) {
        self.publicURL = publicURL
        self.agents = agents
        self.defaultAgent = defaultAgent
    }

    /// The agent for a number called.
    package func agent(calling number: String?) -> AgentProfile? {
        number.flatMap { numbers[$0] }.flatMap { agents[$0] } ?? agents[defaultAgent]
    }
}

/// The times of calls, milliseconds; tests shorten them.
package struct GatewayTimes: Sendable, Equatable {
    /// How long the sessions opened at the webhook wait for the stream.
    package var preparedCall: Int64 = 10_000

    /// How long a call whose stream broke waits for a new one.
    package var detachedCall: Int64 = 5_000

    /// How often the clock is looked at while the caller's speech is open.
    package var silenceWatch: Int64 = 100

    /// The times of the worker links.
    package var links = WorkerLinkPool.Settings()

    /// The times used in production.
    package init() {}
}
