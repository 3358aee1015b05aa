package import Logging

/// How one worker process is run.
package struct WorkerOptions: Sendable {
    /// The Unix socket to listen on, as `/run/dialtone/stt/1.sock`; not used when systemd passes a listener.
    package var socketPath: String

    /// The instance's name among those of its role.
    package var instance: String

    /// Sessions taken at once, over all links.
    package var capacity: Int

    /// The Unix socket of health and metrics; `nil` for none.
    package var adminPath: String?

    /// The lowest level that is logged.
    package var logLevel: Logger.Level

    /// How long sessions may go on after the process was told to stop, seconds.
    package var drainSeconds: Int

    /// Sessions taken at once unless told otherwise.
    package static let defaultCapacity = 200

    /// The most sessions a worker can be told to take.
    package static let maximumCapacity = 100_000

    /// How long sessions may go on unless told otherwise, seconds.
    package static let defaultDrainSeconds = 20

    /// Makes options.
    ///
    /// The values are taken as they are; ``parse(socket:instance:capacity:admin:logLevel:drainSeconds:)`` checks.
    package init(
        socketPath: String,
        instance: String = "1",
        capacity: Int = WorkerOptions.defaultCapacity,
        adminPath: String? = nil,
        logLevel: Logger.Level = .info,
        drainSeconds: Int = WorkerOptions.defaultDrainSeconds
    ) {
        self.socketPath = socketPath
        self.instance = instance
        self.capacity = capacity
        self.adminPath = adminPath
        self.logLevel = logLevel
        self.drainSeconds = drainSeconds
    }

    /// Checks what was given on the command line and makes options of it.
    ///
    /// Each argument is one option of the worker's command, as text or number; `nil` means it was not given.
    ///
    /// - Throws: ``WorkerOptionsError``, whose description is fit for the command's error line.
    package static func parse(
        socket: String,
        instance: String? = nil,
        capacity: Int? = nil,
        admin: String? = nil,
        logLevel: String? = nil,
        drainSeconds: Int? = nil
    ) throws(WorkerOptionsError) -> WorkerOptions {
        WorkerOptions(
            socketPath: try path(socket, option: "--socket"),
            instance: try name(instance ?? "1"),
            capacity: try number(capacity ?? defaultCapacity, in: 1...maximumCapacity, option: "--capacity"),
            adminPath: try admin.map { admin throws(WorkerOptionsError) in try path(admin, option: "--admin") },
            logLevel: try level(logLevel),
            drainSeconds: try number(drainSeconds ?? defaultDrainSeconds, in: 0...86_400, option: "--drain-seconds")
        )
    }

    /// The longest path a Unix socket can have, bytes (`sun_path` less its end, as NIO counts).
    package static let maximumPathBytes = 103

    private static func path(_ path: String, option: String) throws(WorkerOptionsError) -> String {
        guard !path.isEmpty, path.utf8.count <= maximumPathBytes, !path.utf8.contains(0) else {
            throw .badPath(option: option, maximumBytes: maximumPathBytes)
        }
        return path
    }

    private static func name(_ name: String) throws(WorkerOptionsError) -> String {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default:
                false
            }
        }
        guard isName, !name.isEmpty, name.utf8.count <= 32 else { throw .badInstance(name) }
        return name
    }

    private static func number(
        _ number: Int,
        in range: ClosedRange<Int>,
        option: String
    ) throws(WorkerOptionsError) -> Int {
        guard range.contains(number) else { throw .outOfRange(option: option, value: number, range: range) }
        return number
    }

    private static func level(_ text: String?) throws(WorkerOptionsError) -> Logger.Level {
        guard let text else { return .info }
        guard let level = Logger.Level(text) else { throw .badLogLevel(text) }
        return level
    }
}

/// What is wrong with a worker's command line.
package enum WorkerOptionsError: Error, Equatable, CustomStringConvertible {
    /// A socket path is empty or too long.
    case badPath(option: String, maximumBytes: Int)

    /// An instance's name is not made of 1 to 32 letters, digits, hyphens and underscores.
    case badInstance(String)

    /// A number is outside what makes sense.
    case outOfRange(option: String, value: Int, range: ClosedRange<Int>)

    /// No such log level.
    case badLogLevel(String)

    /// What is wrong and what is allowed.
    package var description: String {
        switch self {
        case .badPath(let option, let maximum):
            "\(option): a socket's path has 1 to \(maximum) bytes"
        case .badInstance(let name):
            "--instance: \"\(name)\" is not a name; allowed: 1 to 32 letters, digits, hyphens, underscores"
        case .outOfRange(let option, let value, let range):
            "\(option): \(value) is out of range; allowed: \(range.lowerBound) to \(range.upperBound)"
        case .badLogLevel(let text):
            "--log-level: \"\(text)\" is unknown; allowed: "
                + Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }
}
