import Rehearsal
import Simulators
import Testing

/// Who is let in, and what gets through.
@Suite(.serialized, .timeLimit(.minutes(3))) struct AdmissionTests {
    private static let script = "wait\nsay What are your opening hours?\nwait\nhangup"

    @Test func `a webhook signed wrongly is refused and costs nothing`() async throws {
        try await Stage.run { stage in
            let before = stage.rehearsal.deepgram.records.count
            let report = try await stage.call(Self.script) { $0.faults.signsWrongly = true }
            #expect(report.end == .failed)
            #expect(report.detail.contains("403"))
            let unsigned = try await stage.call(Self.script) { $0.authToken = nil }
            #expect(unsigned.detail.contains("400"))
            #expect(stage.rehearsal.deepgram.records.filter { $0.connection.kind == .listen }.isEmpty)
            #expect(stage.rehearsal.deepgram.records.count <= before + 1)
        }
    }

    @Test func `a stream signed wrongly is refused`() async throws {
        try await Stage.run { stage in
            let report = try await stage.call(Self.script) { $0.faults.signsUpgradeWrongly = true }
            #expect(report.end == .failed)
            #expect(report.detail.contains("403"))
        }
    }

    @Test(arguments: ["", "forged", "eyJhbGciOiJub25lIn0"])
    func `a stream without the minted token is not answered`(token: String) async throws {
        try await Stage.run { stage in
            let report = try await stage.call(Self.script) { $0.faults.token = token }
            #expect(report.mediaMessages == 0)
            #expect(report.end != .callerHungUp)
            #expect(stage.rehearsal.anthropic.requests.filter { $0.reply != nil }.isEmpty)
        }
    }

    @Test func `malformed, unknown, uneven and numeric messages do not disturb a call`() async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let report = try await stage.call(Self.script) { configuration in
                configuration.faults.sendsMalformedMessages = true
                configuration.faults.sendsUnknownEvents = true
                configuration.faults.sendsUnevenFrames = true
                configuration.faults.sendsNumbers = true
                configuration.faults.leavesUpgradeUnsigned = true
            }
            #expect(report.end == .callerHungUp)
            #expect(report.violations.isEmpty)
            #expect(report.timedOutSteps.isEmpty)
            #expect(stage.asked.map { $0.lowercased() } == ["what are your opening hours?"])
        }
    }

    @Test func `marks that never return and a leg without media do not stall a call`() async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let report = try await stage.call(Self.script + "") { configuration in
                configuration.faults.losesMarks = true
                configuration.faults.silentLeg = 6800..<9000
                configuration.faults.leavesOutStop = true
            }
            #expect(report.end == .callerHungUp)
            #expect(report.timedOutSteps.isEmpty)
        }
    }

    @Test func `without signatures only when told so`() async throws {
        try await Stage.run {
            $0.skipsSignature = true
            $0.brain = .echo
        } _: { stage in
            let report = try await stage.call(Self.script) { configuration in
                configuration.authToken = nil
                configuration.faults.token = ""
            }
            #expect(report.end == .callerHungUp)
            #expect(report.timedOutSteps.isEmpty)
        }
    }

    @Test func `a call beyond the limit is refused with the configured TwiML`() async throws {
        try await Stage.run {
            $0.host = "limits: { calls: 1 }"
        } _: { stage in
            let steps = try await stage.steps("wait\npause 3000\nhangup")
            let reports = try await CallParty.hold(
                count: 2,
                configuration: stage.rehearsal.configuration(),
                steps: { _ in steps },
                stagger: 1000
            )
            #expect(reports[0].end == .callerHungUp)
            #expect(reports[1].end == .rejected)
            #expect(reports[1].detail == "busy")
        }
    }
}
