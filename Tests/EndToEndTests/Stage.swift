import Glibc
import JSONText
import LocalStack
import Rehearsal
import Simulators
import Synchronization
import Testing

/// A rehearsal for one test: real executables, simulated providers, one caller or many.
struct Stage {
    let rehearsal: Rehearsal

    /// The folder the executables were built into: the one this test runs from.
    static let binaries: String = {
        var bytes = [UInt8](repeating: 0, count: 4096)
        // readlink writes at most the count given.
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe buffer.baseAddress.map { unsafe readlink("/proc/self/exe", $0, buffer.count) } ?? -1
        }
        let path = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }()

    /// One voice for all tests: rendering speech takes longer than anything else here.
    private static let voices = VoiceShelf()

    /// Runs `body` on a rehearsal and ends it whatever happens; the processes' logs are attached to a failure.
    static func run(
        _ change: (inout Rehearsal.Options) -> Void = { _ in },
        _ body: (Stage) async throws -> Void
    ) async throws {
        var options = Rehearsal.Options(binaries: binaries)
        options.voice = await voices.voice()
        change(&options)
        let log = ProcessLog()
        let rehearsal = try await Rehearsal.start(options) { log.take($0) }
        do {
            try await body(Stage(rehearsal: rehearsal))
        } catch {
            await rehearsal.stop()
            Issue.record("processes' logs:\n\(log.text)")
            throw error
        }
        await rehearsal.stop()
        if log.hasCrash { Issue.record("a process ended by itself:\n\(log.text)") }
    }

    /// Renders a script.
    func steps(_ script: String) async throws -> [CallStep] {
        let renderer = CallScriptRenderer(voice: rehearsal.voice, readFile: { _ in [] })
        return try await renderer.render(try CallScriptText.parse(script))
    }

    /// Holds one call.
    func call(
        _ script: String,
        configure: (inout CallConfiguration) -> Void = { _ in },
        onHappening: @escaping @Sendable (SimulatedCall.Happening) -> Void = { _ in }
    ) async throws -> CallReport {
        let steps = try await steps(script)
        var configuration = rehearsal.configuration()
        configure(&configuration)
        let reports = try await CallParty.hold(
            count: 1,
            configuration: configuration,
            steps: { _ in steps },
            onHappening: onHappening
        )
        return try #require(reports.first)
    }

    /// What the agent was asked to say on a synthesis connection or on all of them, in order.
    var spoken: [String] {
        rehearsal.deepgram.events.all.compactMap { recorded in
            guard case .synthesis(_, let text) = recorded.event else { return nil }
            return text
        }
    }

    /// The last user text of every request the model answered, in order.
    var asked: [String] {
        rehearsal.anthropic.requests.compactMap { request in
            request.body["messages"]?.arrayValue?.last.map(Self.text(of:))
        }
    }

    /// All text of a message of a request.
    static func text(of message: JSONValue) -> String {
        if let text = message["content"]?.stringValue { return text }
        return (message["content"]?.arrayValue ?? []).compactMap { block in
            block["text"]?.stringValue ?? block["content"]?.stringValue
        }.joined(separator: "\n")
    }

    /// Whether the caller heard the rendered speech of `text`, byte for byte, from its beginning to its end.
    func heard(_ text: String, in report: CallReport) async -> Bool {
        // The simulated synthesis has another voice than the caller.
        let engine = rehearsal.voice.engine.counterpart
        let audio = await rehearsal.voice.utterance(text, engine: engine, recognisable: false).audio
        return report.agentAudio.contains(audio)
    }

    /// Kills a worker at once.
    func kill(_ name: String) { rehearsal.stack.signal(name, SIGKILL) }
}

/// Collects what happens to the processes.
final class ProcessLog: Sendable {
    private let state = Mutex<(lines: [String], crashes: Int)>(([], 0))

    func take(_ event: LocalStack.Event) {
        state.withLock { state in
            switch event {
            case .line(let name, let text): state.lines.append("\(name): \(text)")
            case .died(let name, let status, _):
                state.lines.append("\(name) died: \(status)")
                // Killed by a test is not a crash; anything else that ends a process is.
                if !status.contains("signaled(9)") { state.crashes += 1 }
            default: state.lines.append("\(event)")
            }
            if state.lines.count > 4000 { state.lines.removeFirst(1000) }
        }
    }

    var text: String { state.withLock { $0.lines.suffix(400).joined(separator: "\n") } }

    var hasCrash: Bool { state.withLock { $0.crashes > 0 } }
}

/// Makes the one voice when it is first asked for.
private actor VoiceShelf {
    private var made: VoiceLibrary?

    func voice() async -> VoiceLibrary {
        if let made { return made }
        let voice = await VoiceLibrary.automatic()
        made = voice
        return voice
    }
}

extension [UInt8] {
    /// Whether `part` occurs in it.
    func contains(_ part: [UInt8]) -> Bool {
        guard !part.isEmpty, part.count <= count else { return part.isEmpty }
        // Speech begins with silence, which is everywhere: look for a byte of its middle first.
        let anchor = part.count / 2
        // The pointers live through the call; memchr and memcmp read only the counts given.
        return unsafe withUnsafeBytes { whole in
            unsafe part.withUnsafeBytes { piece in
                guard let start = whole.baseAddress, let wanted = piece.baseAddress else { return false }
                var index = anchor
                let last = whole.count - (piece.count - anchor)
                while index <= last {
                    guard let hit = unsafe memchr(start + index, Int32(piece[anchor]), last - index + 1) else {
                        return false
                    }
                    let found = unsafe start.distance(to: UnsafeRawPointer(hit))
                    if unsafe memcmp(start + (found - anchor), wanted, piece.count) == 0 { return true }
                    index = found + 1
                }
                return false
            }
        }
    }
}
