import Glibc
import Logging
import NIOCore
import Observability
import ServiceRuntime

@testable import WorkerRuntime

/// A whole worker in this process, on a socket in a directory of its own.
final class RunningProcess: Sendable {
    let service: ScriptedService
    let path: String
    let signal: AsyncStream<ServiceSignal>.Continuation
    private let directory: String
    private let task: Task<Int32, Never>

    struct CannotStart: Error {}

    /// Times that no slow machine misses.
    static var patient: LinkSettings {
        var settings = LinkSettings()
        settings.helloDeadline = .minutes(5)
        settings.heartbeatInterval = .minutes(5)
        return settings
    }

    init(capacity: Int = 10, settings: LinkSettings = RunningProcess.patient, drainSeconds: Int = 20) async throws {
        var template = Array("/tmp/dialtone-XXXXXX".utf8CString)
        // mkdtemp writes the name into the array, which is null-terminated.
        guard unsafe mkdtemp(&template) != nil else { throw CannotStart() }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = directory + "/1.sock"
        let (started, start) = AsyncStream.makeStream(of: Never.self)
        let service = ScriptedService()
        let (signals, signal) = AsyncStream.makeStream(of: ServiceSignal.self)
        let options = WorkerOptions(
            socketPath: path,
            capacity: capacity,
            logLevel: .critical,
            drainSeconds: drainSeconds
        )
        self.directory = directory
        self.path = path
        self.service = service
        self.signal = signal
        task = Task {
            defer { start.finish() }
            return await WorkerProcess.run(
                service,
                options: options,
                settings: settings,
                environment: [:],
                signals: signals
            ) { start.finish() }
        }
        for await _ in started {}
    }

    /// Stops the worker as the service manager would, and returns its exit code.
    func stop() async -> Int32 {
        signal.yield(.terminate)
        return await ended()
    }

    /// The exit code, once the worker has ended by itself.
    func ended() async -> Int32 {
        let code = await task.value
        // The paths are borrowed for the calls.
        _ = unsafe unlink(path)
        _ = unsafe rmdir(directory)
        return code
    }

    /// Whether the socket's file is there.
    var hasSocket: Bool {
        // The path is borrowed for the call.
        unsafe access(path, F_OK) == 0
    }
}
