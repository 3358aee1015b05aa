import FoundationEssentials
import Subprocess
import Synchronization

/// Why a child process gave no usable output.
package enum ChildProcessError: Error, Equatable {
    /// The program is not installed.
    case notInstalled(String)
    /// The program ended with a failure.
    case failed(String)
    /// The program did not end within its deadline and was killed.
    case timedOut(String)
}

/// Runs a program of this machine off the event loops, at most a few at a time, each with a deadline.
///
/// The programs inherit no descriptor of ours, so a socket closed here is closed for its peer at once.
struct ChildProcess: Sendable {
    /// How many children run at once; the rest wait in order.
    static let maximumConcurrent = 2
    /// How long a child may take.
    static let deadline: Duration = .seconds(20)
    /// The largest output taken from a child: 20 minutes of 16-bit speech at 16 kHz.
    static let maximumOutputBytes = 40_000_000

    private static let gate = ChildGate(limit: ChildProcess.maximumConcurrent)

    /// Whether `program` is found on the search path.
    static func isInstalled(_ program: String) async -> Bool {
        (try? await Executable.name(program).resolveExecutablePath(in: .inherit)) != nil
    }

    /// Runs `program` and returns what it wrote to its standard output.
    ///
    /// `input`, if given, is put into a file for the run; the argument `@input` becomes its path.
    static func output(
        of program: String,
        arguments: [String],
        input: [UInt8]? = nil,
        deadline: Duration = ChildProcess.deadline
    ) async throws -> [UInt8] {
        guard await self.isInstalled(program) else { throw ChildProcessError.notInstalled(program) }
        await self.gate.enter()
        defer { self.gate.leave() }
        let file = FileManager.default.temporaryDirectory.appending(path: "dialtone-" + ProviderIdentifier.hex(16))
            .path()
        if let input { try Data(input).write(to: URL(filePath: file)) }
        defer { if input != nil { try? FileManager.default.removeItem(atPath: file) } }
        let arguments = arguments.map { $0 == "@input" ? file : $0 }
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await self.run(program, arguments) }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw ChildProcessError.timedOut(program)
            }
            defer { group.cancelAll() }
            guard let output = try await group.next() else { throw ChildProcessError.failed(program) }
            return output
        }
    }

    /// Runs `program` to its end; it is killed when the task is cancelled.
    private static func run(_ program: String, _ arguments: [String]) async throws -> [UInt8] {
        // Input comes by file, never by a pipe: a child that ends without reading its pipe would be waited for for ever.
        let result = try await Subprocess.run(
            .name(program),
            arguments: Arguments(arguments),
            input: .none,
            output: .bytes(limit: self.maximumOutputBytes),
            error: .discarded
        )
        guard result.terminationStatus.isSuccess else { throw ChildProcessError.failed(program) }
        return result.standardOutput
    }
}

/// Lets a limited number of tasks pass at a time, the others in the order of their coming.
final class ChildGate: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(limit: Int) {
        self.state = Mutex(State(free: limit))
    }

    /// Waits for a place.
    func enter() async {
        await withCheckedContinuation { continuation in
            let enters = self.state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if enters { continuation.resume() }
        }
    }

    /// Gives the place back.
    func leave() {
        let next: CheckedContinuation<Void, Never>? = self.state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
