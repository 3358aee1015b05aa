package import JSONText

/// The commands of a role, one of which opens a session with its settings.
package protocol OpeningCommand: ControlMessage {
    /// What a session of the role is told at its beginning.
    associatedtype Settings

    /// The settings, if this command opens a session.
    var settings: Settings? { get }
}

extension OpeningCommand {
    /// Reads the first message of a session.
    ///
    /// - Throws: a protocol violation if it is not `open`, or cannot be understood.
    package static func settings(of open: JSONValue) throws(WorkerFailure) -> Settings {
        do throws(ControlMessageError) {
            if let settings = try Self(json: open).settings { return settings }
        } catch {
            throw WorkerFailure(.protocolViolation, detail: error.description)
        }
        throw WorkerFailure(.protocolViolation, detail: "the first message of a session must be open")
    }
}
