import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// Runs the gateway and its workers as child processes on this machine: restarts one that dies, stops them all.
///
/// For `dialtone run`, the demo, the benchmarks and the tests; on a server systemd does this job.
package final class LocalStack: Sendable {
    /// What happens to the children.
    package enum Event: Sendable, Equatable {
        /// A process runs.
        case started(name: String, processIdentifier: Int32)

        /// A process wrote a line to its log.
        case line(name: String, text: String)

        /// A process ended by itself or was killed; it is started again after the delay.
        case died(name: String, status: String, restartInMilliseconds: Int)

        /// A process refused its configuration (exit code 78) and is not started again.
        case refused(name: String)

        /// A process could not be started.
        case unstartable(name: String, reason: String)

        /// A process stopped because it was told to.
        case stopped(name: String)
    }

    /// The longest line of a log taken whole, bytes.
    private static let longestLine = 65_536

    private struct State {
        var processes: [String: Int32] = [:]
        var tasks: [Task<Void, Never>] = []
        var isStopping = false
    }

    private let settings: StackSettings
    private let onEvent: @Sendable (Event) -> Void
    private let state = Mutex(State())

    /// Prepares a stack; nothing runs yet.
    ///
    /// - Parameters:
    ///   - settings: what to run.
    ///   - onEvent: called from any thread.
    package init(settings: StackSettings, onEvent: @escaping @Sendable (Event) -> Void) {
        self.settings = settings
        self.onEvent = onEvent
    }

    /// Starts every process; they connect to one another as they come up.
    ///
    /// - Throws: ``StackError`` when the folder of the sockets cannot be made or its path is too long.
    package func start() throws(StackError) {
        try makeDirectories()
        for child in settings.children { supervise(child) }
    }

    /// The process's number, while it runs.
    package func processIdentifier(of name: String) -> Int32? {
        state.withLock { $0.processes[name] }
    }

    /// Sends a signal to a process of the stack.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    package func signal(_ name: String, _ signal: Int32) -> Bool {
        guard let process = processIdentifier(of: name) else { return false }
        return kill(process, signal) == 0
    }

    /// Stops every process, the gateway first, and waits until all have ended; those that do not are killed.
    package func stop() async {
        let tasks = state.withLock { state in
            state.isStopping = true
            return state.tasks
        }
        // The gateway is the first: it ends its calls while the workers are still there.
        for tasks in [tasks.prefix(1), tasks.dropFirst()] {
            for task in tasks { task.cancel() }
            for task in tasks { await task.value }
        }
    }

    private func makeDirectories() throws(StackError) {
        guard settings.runDirectory.utf8.count <= 80 else { throw .pathTooLong(settings.runDirectory) }
        let parents = settings.runDirectory.split(separator: "/").indices.map { index in
            settings.runDirectory.split(separator: "/")[...index].joined(separator: "/")
        }
        let root = settings.runDirectory.hasPrefix("/") ? "/" : ""
        for folder in parents.map({ root + $0 })
            + ["stt", "llm", "tts", "admin"].map({ settings.runDirectory + "/" + $0 })
        {
            // mkdir reads the path's bytes, which live through the call.
            guard unsafe mkdir(folder, 0o750) != 0, errno != EEXIST else { continue }
            throw .noDirectory(folder, String(describing: Errno(rawValue: errno)))
        }
    }

    private func supervise(_ child: ChildCommand) {
        let task = Task { await run(child) }
        state.withLock { $0.tasks.append(task) }
    }

    private func run(_ child: ChildCommand) async {
        var policy = RestartPolicy()
        while !Task.isCancelled {
            let began = ContinuousClock.now
            let status: TerminationStatus
            do {
                status = try await runOnce(child)
            } catch is CancellationError {
                break
            } catch {
                guard !Task.isCancelled else { break }
                onEvent(.unstartable(name: child.name, reason: "\(error)"))
                return
            }
            state.withLock { _ = $0.processes.removeValue(forKey: child.name) }
            if Task.isCancelled { break }
            if status == .exited(78) {
                onEvent(.refused(name: child.name))
                return
            }
            let lived = Int((ContinuousClock.now - began) / .milliseconds(1))
            let delay = policy.delay(afterLiving: lived)
            onEvent(.died(name: child.name, status: "\(status)", restartInMilliseconds: delay))
            try? await Task.sleep(for: .milliseconds(delay))
        }
        state.withLock { _ = $0.processes.removeValue(forKey: child.name) }
        onEvent(.stopped(name: child.name))
    }

    private func runOnce(_ child: ChildCommand) async throws -> TerminationStatus {
        var options = PlatformOptions()
        // A process group of its own: Ctrl-C in the terminal reaches the parent alone, which stops the children.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: .milliseconds(settings.stopMilliseconds))
        ]
        var overrides: [Environment.Key: String?] = [:]
        for (name, value) in settings.environment { overrides[Environment.Key(stringLiteral: name)] = value }
        let result = try await Subprocess.run(
            .path(FilePath(child.executable)),
            arguments: Arguments(child.arguments),
            environment: .inherit.updating(overrides),
            platformOptions: options,
            input: .none,
            output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            let process = execution.processIdentifier.value
            state.withLock { $0.processes[child.name] = process }
            onEvent(.started(name: child.name, processIdentifier: process))
            for try await line in execution.standardOutput.strings(bufferingPolicy: .maxLineLength(Self.longestLine)) {
                onEvent(.line(name: child.name, text: line))
            }
        }
        return result.terminationStatus
    }
}

/// Why a stack could not be started.
package enum StackError: Error, Equatable, CustomStringConvertible {
    /// A folder could not be made: path and reason.
    case noDirectory(String, String)

    /// The path of the folder for the sockets is longer than 80 bytes.
    case pathTooLong(String)

    package var description: String {
        switch self {
        case .noDirectory(let path, let reason): "cannot make the folder \(path): \(reason)"
        case .pathTooLong(let path): "the run directory \(path) is longer than 80 bytes; choose a shorter one"
        }
    }
}
