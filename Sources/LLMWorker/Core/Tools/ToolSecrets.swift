package import Observability
import Synchronization

/// The values of `${NAME}` in the headers of HTTP tools.
///
/// Names come from the agent's own headers only, never from a model. They are looked up like every credential: the file
/// of that name that systemd passes to this service, then the environment. The keys of the providers are not to be had,
/// whatever an agent file says: a tool's server is no place for them.
package final class ToolSecrets: Sendable {
    /// Names that are refused.
    package static let forbiddenNames: Set<String> = [
        "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "DEEPGRAM_API_KEY", "TWILIO_AUTH_TOKEN",
    ]

    /// The most values that are remembered.
    package static let maximumRemembered = 256

    private let environment: Environment
    private let remembered = Mutex<[String: Secret]>([:])

    /// Looks values up in an environment and the credentials it names.
    package init(environment: Environment = .process) {
        self.environment = environment
    }

    /// The value of a name; nil if there is none, or if it is not to be had.
    package func value(_ name: String) -> Secret? {
        guard !Self.forbiddenNames.contains(name.uppercased()) else { return nil }
        if let known = remembered.withLock({ $0[name] }) { return known }
        guard let found = Credentials.load([name], environment: environment) else { return nil }
        remembered.withLock { values in
            if values.count < Self.maximumRemembered { values[name] = found }
        }
        return found
    }
}
