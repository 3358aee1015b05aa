package import JSONText

/// What the two ends of a link say about the link itself, on session 0.
package enum LinkMessage: ControlMessage {
    /// The first frame each way.
    case hello(Hello)

    /// "I am here": sent each second both ways; the worker adds how many sessions it holds.
    case heartbeat(sessions: Int)

    /// The worker is stopping politely: no new sessions, those it has go on.
    case draining

    package init(json: JSONValue) throws(ControlMessageError) {
        let reader = try ControlReader(json)
        switch reader.type {
        case "hello": self = .hello(try Hello(reader))
        case "heartbeat": self = .heartbeat(sessions: reader.optionalInteger("sessions") ?? 0)
        case "draining": self = .draining
        default: throw .unknownType(reader.type)
        }
    }

    package var json: JSONValue {
        switch self {
        case .hello(let hello): hello.json
        case .heartbeat(let sessions): ["type": "heartbeat", "sessions": .integer(Int64(sessions))]
        case .draining: ["type": "draining"]
        }
    }
}

/// Who is at the other end of a link, and which versions of its protocol they speak.
package struct Hello: Sendable, Equatable {
    /// The versions this release speaks.
    package static let supportedVersions = [1]

    /// Versions spoken, any order.
    package var versions: [Int]

    /// `gateway`, or a worker's role.
    package var role: String

    /// The instance's name, as in `1.sock`.
    package var instance: String

    /// The software's release, for people.
    package var release: String

    /// Sessions the worker takes at once over all links; 0 from a gateway.
    package var capacity: Int

    /// Sessions it holds already, over all links.
    package var sessions: Int

    /// Makes a hello.
    package init(
        versions: [Int] = Hello.supportedVersions,
        role: String,
        instance: String,
        release: String,
        capacity: Int,
        sessions: Int
    ) {
        self.versions = versions
        self.role = role
        self.instance = instance
        self.release = release
        self.capacity = capacity
        self.sessions = sessions
    }

    init(_ reader: ControlReader) throws(ControlMessageError) {
        versions = try reader.array("protocol").compactMap(\.intValue)
        role = try reader.string("role")
        instance = try reader.string("instance")
        release = reader.optionalString("release") ?? ""
        capacity = reader.optionalInteger("capacity") ?? 0
        sessions = reader.optionalInteger("sessions") ?? 0
    }

    var json: JSONValue {
        [
            "type": "hello", "protocol": .array(versions.map { .integer(Int64($0)) }), "role": .string(role),
            "instance": .string(instance), "release": .string(release), "capacity": .integer(Int64(capacity)),
            "sessions": .integer(Int64(sessions)),
        ]
    }

    /// The highest version both ends speak.
    ///
    /// - Throws: ``LinkError/noCommonVersion(ours:theirs:)``.
    package func commonVersion(with ours: [Int] = Hello.supportedVersions) throws(LinkError) -> Int {
        guard let version = versions.filter(ours.contains).max() else {
            throw .noCommonVersion(ours: ours, theirs: versions)
        }
        return version
    }
}
