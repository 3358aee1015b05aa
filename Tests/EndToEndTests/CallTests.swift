import JSONText
import Rehearsal
import Simulators
import Synchronization
import Testing

/// Whole calls through the four executables.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CallTests {
    @Test func `a call of three turns is answered turn by turn`() async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let report = try await stage.call(
                """
                wait
                say What are your opening hours?
                wait
                say Do you have parking?
                wait
                say How much is a cleaning?
                wait
                hangup
                """
            )
            #expect(report.end == .callerHungUp)
            #expect(report.violations.isEmpty)
            #expect(report.timedOutSteps.isEmpty)
            #expect(report.partialFrames == 0)
            #expect(report.turns.count == 4)
            #expect(report.turns.allSatisfy { $0.replyStart != nil })
            #expect(
                stage.asked.map { $0.lowercased() } == [
                    "what are your opening hours?", "do you have parking?", "how much is a cleaning?",
                ]
            )
            let greeting = stage.spoken.filter { "Hello, this is Oak Dental. How can I help you?".contains($0) }
            #expect(!greeting.isEmpty)
            for text in greeting { #expect(await stage.heard(text, in: report), "\(text)") }
            for text in stage.spoken.suffix(3) { #expect(await stage.heard(text, in: report), "\(text)") }
        }
    }

    @Test func `an interruption silences the reply and history keeps what was heard`() async throws {
        let long =
            "First of all let me tell you about our opening hours. We are open from Monday to Friday. "
            + "On Saturday we are closed, and on Sunday too. Please bring your insurance card with you."
        try await Stage.run {
            $0.brain = .rules([BrainRule(contains: "hours", reply: BrainReply(long))], otherwise: .echo)
        } _: { stage in
            let report = try await stage.call(
                """
                wait
                say What are your opening hours?
                barge 1500 Sorry, do you have parking?
                wait
                hangup
                """
            )
            #expect(report.clears >= 1)
            #expect(report.turns.last?.isBargeIn == true)
            #expect(report.turns.last?.cleared != nil)
            #expect(report.turns.last?.replyStart != nil)
            #expect(report.violations.isEmpty)
            #expect(await !stage.heard("Please bring your insurance card with you.", in: report))
            let last = try #require(stage.rehearsal.anthropic.requests.last?.body["messages"]?.arrayValue)
            let assistant = try #require(last.last { $0["role"] == "assistant" })
            let kept = Stage.text(of: assistant)
            #expect(long.hasPrefix(kept))
            #expect(kept.count < long.count)
            #expect(!kept.isEmpty)
        }
    }

    @Test func `a tool is run once and its result is spoken`() async throws {
        try await Stage.run { stage in
            let report = try await stage.call(
                """
                wait
                say Can I come in on Tuesday?
                wait
                hangup
                """
            )
            #expect(report.violations.isEmpty)
            #expect(stage.rehearsal.tools.events.all.count == 1)
            let answer = try #require(
                stage.spoken.last { $0.contains("Which one suits you?") || $0.contains("we have") }
            )
            #expect(await stage.heard(answer, in: report))
            let messages = try #require(stage.rehearsal.anthropic.requests.last?.body["messages"]?.arrayValue)
            let result = try #require(messages.last?["content"]?.arrayValue?.first)
            #expect(result["type"] == "tool_result")
        }
    }

    @Test func `a server of chat completions answers and calls tools as well`() async throws {
        try await Stage.run { options in
            options.agent = { agent in
                agent.modelProvider = "openai"
                agent.model = "local-model"
            }
        } _: { stage in
            let report = try await stage.call("wait\nsay Can I come in on Tuesday?\nwait\nhangup")
            #expect(report.violations.isEmpty)
            #expect(report.timedOutSteps.isEmpty)
            #expect(stage.rehearsal.tools.events.all.count == 1)
            #expect(
                stage.rehearsal.openAI.events.all.filter { if case .refused = $0.event { true } else { false } }.isEmpty
            )
            #expect(stage.rehearsal.openAI.requests.count >= 2)
            let answer = try #require(stage.spoken.last { $0.contains("Which one suits you?") })
            #expect(await stage.heard(answer, in: report))
        }
    }

    @Test func `keys reach the model as one turn`() async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let report = try await stage.call("wait\npress 1234#\nwait\nhangup")
            #expect(report.violations.isEmpty)
            #expect(stage.asked.last?.contains("1234") == true)
            #expect(report.timedOutSteps.isEmpty)
        }
    }

    @Test func `a goodbye is heard before the agent hangs up`() async throws {
        try await Stage.run { stage in
            let report = try await stage.call("wait\nsay Thank you very much, goodbye.\nwait-hangup 20")
            #expect(report.end == .agentHungUp)
            #expect(report.timedOutSteps.isEmpty)
            let goodbye = try #require(stage.spoken.last { $0.contains("Goodbye") })
            #expect(await stage.heard(goodbye, in: report))
        }
    }

    @Test func `a transfer hands the call to the configured number`() async throws {
        try await Stage.run { stage in
            let report = try await stage.call("wait\nsay Could I speak to a human please?\nwait-hangup 20")
            #expect(report.end == .transferred)
            #expect(report.detail == "+441632960009")
        }
    }

    @Test func `a caller who hangs up in the middle of a reply leaves nothing open`() async throws {
        try await Stage.run {
            $0.brain = .fixed(String(repeating: "This is a long story that goes on. ", count: 20))
            $0.anthropic.timing.betweenTokens = 60
        } _: { stage in
            let report = try await stage.call("wait\nsay Tell me a story.\npause 1800\nhangup")
            #expect(report.end == .callerHungUp)
            let deepgram = stage.rehearsal.deepgram
            let opened = deepgram.records.filter { $0.connection.kind == .listen }.map(\.connection.number)
            for number in opened {
                _ = try await deepgram.events.waitFor("the end of listen connection \(number)") { event in
                    if case .closed(number, _) = event { true } else { false }
                }
            }
            _ = try await stage.rehearsal.anthropic.events.waitFor("the model's request cancelled") { event in
                if case .cancelled = event { true } else { false }
            }
        }
    }

    @Test func `twenty calls at once each hear their own words`() async throws {
        try await Stage.run {
            $0.brain = .echo
        } _: { stage in
            let names = [
                "apple", "brandy", "castle", "dolphin", "engine", "forest", "garden", "hammer", "island", "jacket",
                "kitchen", "ladder", "mountain", "needle", "orange", "pencil", "quarter", "river", "summer", "table",
            ]
            let lines = names.map { "My password is \($0), yes, \($0)." }
            var scripts: [[CallStep]] = []
            for line in lines { scripts.append(try await stage.steps("wait\nsay \(line)\nwait\nhangup")) }
            let rendered = scripts
            let reports = try await CallParty.hold(
                count: lines.count,
                configuration: stage.rehearsal.configuration(),
                steps: { rendered[$0] }
            )
            #expect(reports.flatMap(\.violations).isEmpty)
            #expect(reports.allSatisfy { $0.timedOutSteps.isEmpty && $0.end == .callerHungUp })
            for (index, name) in names.enumerated() {
                let said = stage.spoken.filter { $0.contains(name) }
                #expect(!said.isEmpty, "nobody said \(name)")
                for text in said {
                    for (other, report) in reports.enumerated() {
                        let heard = await stage.heard(text, in: report)
                        #expect(heard == (other == index), "call \(other) and \"\(text)\"")
                    }
                }
            }
        }
    }
}
