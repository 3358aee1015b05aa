import JSONText
import Rehearsal
import Simulators
import Synchronization
import Testing

/// What a caller notices when a worker dies or a provider refuses: the call goes on.
@Suite(.serialized, .timeLimit(.minutes(4))) struct FaultTests {
    private static let script = """
        wait
        say What are your opening hours?
        wait
        say Do you have parking?
        wait
        say How much is a cleaning?
        wait
        hangup
        """

    /// Whether a happening is the end of the caller's line `line`.
    private static func isEnd(of line: Int, _ happening: SimulatedCall.Happening) -> Bool {
        if case .script(.speechEnded(line), _) = happening { true } else { false }
    }

    @Test(arguments: ["stt-1", "llm-1", "tts-1"])
    func `a worker killed between turns is not missed in the next one`(worker: String) async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let isKilled = Mutex(false)
            let report = try await stage.call(
                Self.script,
                onHappening: { happening in
                    // After the greeting: before anything was asked.
                    guard case .script(.replyEnded, _) = happening else { return }
                    let isFirst = isKilled.withLock { killed in
                        defer { killed = true }
                        return !killed
                    }
                    if isFirst { stage.kill(worker) }
                }
            )
            #expect(report.end == .callerHungUp)
            #expect(report.turns.last?.replyStart != nil)
            #expect(report.streams == 1)
        }
    }

    @Test(arguments: ["stt-1", "llm-1", "tts-1"])
    func `a worker killed in the middle of a turn does not end the call`(worker: String) async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let report = try await stage.call(
                Self.script,
                onHappening: { happening in
                    if Self.isEnd(of: 0, happening) { stage.kill(worker) }
                }
            )
            #expect(report.end == .callerHungUp)
            #expect(report.streams == 1)
            #expect(report.turns.last?.replyStart != nil)
            #expect(stage.asked.last?.lowercased().contains("how much is a cleaning?") == true)
        }
    }

    @Test(arguments: [401, 429, 500]) func `transcription refused at the start is told or got over`(status: Int)
        async throws
    {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            stage.rehearsal.deepgram.failHandshakes(status == 401 ? 100 : 1, of: .listen, with: .status(status))
            let report = try await stage.call(Self.script)
            #expect(report.end != .failed)
            #expect(report.violations.isEmpty)
            // A refused key cannot be got over: the caller hears so and is not left in silence.
            #expect(report.mediaMessages > 0)
            if status != 401 { #expect(report.turns.last?.replyStart != nil) }
        }
    }

    @Test(arguments: [401, 429, 500, 529]) func `a model that refuses is told or got over`(status: Int) async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            stage.rehearsal.anthropic.failNext(status == 401 ? 100 : 1, with: .status(status))
            let report = try await stage.call(Self.script)
            #expect(report.end != .failed)
            #expect(report.violations.isEmpty)
            #expect(report.turns.dropFirst().first?.replyStart != nil)
        }
    }

    @Test(arguments: [401, 429, 500]) func `synthesis refused at the start is told or got over`(status: Int)
        async throws
    {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            stage.rehearsal.deepgram.failHandshakes(status == 401 ? 100 : 1, of: .speak, with: .status(status))
            let report = try await stage.call(Self.script)
            #expect(report.end != .failed)
            #expect(report.violations.isEmpty)
            if status != 401 { #expect(report.turns.last?.replyStart != nil) }
        }
    }

    @Test func `a stream that breaks is taken up again with its history`() async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let report = try await stage.call(
                "wait\nsay My name is Henry.\nwait\npause 2000\nsay What are your opening hours?\nwait\nhangup"
            ) { $0.faults.cutsAt = 9000 }
            #expect(report.streams == 2)
            #expect(report.end == .callerHungUp)
            let messages = try #require(stage.rehearsal.anthropic.requests.last?.body["messages"]?.arrayValue)
            #expect(messages.map(Stage.text(of:)).contains { $0.lowercased().contains("my name is henry") })
        }
    }
}
