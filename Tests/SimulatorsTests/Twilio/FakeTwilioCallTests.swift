import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Simulators
import Synchronization
import Testing

@Suite struct FakeTwilioCallTests {
    private struct Line: Sendable {
        let gateway: GatewayDouble
        let twilio: FakeTwilio
        let reports: Reports

        final class Reports: Sendable {
            let all = Mutex<[CallReport]>([])
        }

        func post(_ path: String, _ form: String) async throws -> HTTPExchange {
            let settings = FakeTwilioSettings()
            let credentials = Array("\(settings.accountSID):\(settings.authToken)".utf8)
            let url = "\(twilio.url)/2010-04-01/Accounts/\(settings.accountSID)/\(path)"
            return try await .send(
                .POST,
                url,
                form,
                headers: [("Authorization", "Basic " + Base64.encode(credentials))]
            )
        }

        func stop() async {
            await twilio.stop()
            await gateway.stop()
        }
    }

    /// A Twilio whose callee listens for the tone and then follows `steps`.
    private func start(
        _ steps: [CallStep],
        _ change: (inout FakeTwilioSettings) -> Void = { _ in }
    ) async throws -> Line {
        let gateway = try await GatewayDouble.start()
        var settings = FakeTwilioSettings()
        settings.via = gateway.url
        settings.dialing.dialMilliseconds = 1
        settings.dialing.ringMilliseconds = 1
        settings.settleMilliseconds = 100
        settings.steps = [.waitForReply(timeoutMilliseconds: 20_000)] + steps
        change(&settings)
        let reports = Line.Reports()
        let twilio = try await FakeTwilio.start(settings: settings) { report in
            reports.all.withLock { $0.append(report) }
        }
        return Line(gateway: gateway, twilio: twilio, reports: reports)
    }

    private static let order =
        "To=%2B441632960002&From=%2B441632960001&Url=https://voice.example.com/voice"
        + "&StatusCallback=https://voice.example.com/status"
        + ["initiated", "ringing", "answered", "completed"].map { "&StatusCallbackEvent=\($0)" }.joined()

    @Test func `an outbound call rings, is answered, streams and is reported, everything signed`() async throws {
        let line = try await start([.hangUp])
        #expect(try await line.post("Calls.json", Self.order).status == 201)
        await line.twilio.waitForCalls()
        let report = try #require(line.reports.all.withLock { $0.first })
        #expect(report.end == .callerHungUp)
        #expect(report.violations.isEmpty)
        #expect(report.marks == 1)
        #expect(report.turns.first?.replyStart != nil)
        let callbacks = line.gateway.callbacks
        #expect(callbacks.map { $0["CallStatus"] } == ["initiated", "ringing", "in-progress", "completed"])
        #expect(callbacks.map { $0["SequenceNumber"] } == ["0", "1", "2", "3"])
        #expect(callbacks.map { $0["CallDuration"] } == [nil, nil, nil, String(report.duration / 1000)])
        let events = line.gateway.events.all.map(\.event)
        #expect(
            events.allSatisfy { event in
                switch event {
                case .webhook(_, let form, let isSigned): isSigned && form["Direction"] == "outbound-api"
                case .upgrade(let isSigned): isSigned
                case .message, .closed: true
                }
            }
        )
        #expect(events.filter { if case .message = $0 { true } else { false } }.suffix(1) == [.message("stop")])
        #expect(line.twilio.calls.map(\.status) == [.completed])
        await line.stop()
    }

    @Test func `new TwiML breaks the stream off and runs; a hang-up ends the call once`() async throws {
        let line = try await start([.waitForHangUp(timeoutMilliseconds: 60_000)])
        let created = try await line.post("Calls.json", Self.order)
        let sid = try #require(created.json?["sid"]?.stringValue)
        _ = try await line.gateway.events.waitFor("start") { $0 == .message("start") }
        let pause = "Twiml=%3CResponse%3E%3CSay%3EOne%20moment%3C/Say%3E%3CPause%20length=%2260%22/%3E%3C/Response%3E"
        #expect(try await line.post("Calls/\(sid).json", pause).json?["status"] == "in-progress")
        _ = try await line.gateway.events.waitFor("stop") { $0 == .message("stop") }
        _ = try await line.gateway.events.waitFor("close") { $0 == .closed }

        let from = line.gateway.events.next
        let again = "Url=https://voice.example.com/again"
        #expect(try await line.post("Calls/\(sid).json", again).status == 200)
        _ = try await line.gateway.events.waitFor("start", from: from) { $0 == .message("start") }
        #expect(try await line.post("Calls/\(sid).json", "Status=completed").json?["status"] == "completed")
        #expect(try await line.post("Calls/\(sid).json", "Status=completed").json?["code"] == 21220)
        await line.twilio.waitForCalls()
        let report = try #require(line.reports.all.withLock { $0.first })
        #expect(report.end == .agentHungUp)
        #expect(report.streams == 2)
        #expect(report.detail.contains("ended through the API"))
        #expect(line.gateway.callbacks.last?["CallStatus"] == "completed")
        await line.stop()
    }

    @Test func `somebody calls in, and callbacks can come out of order and twice`() async throws {
        let line = try await start([.hangUp]) {
            $0.voiceURL = "https://voice.example.com/voice"
            $0.statusURL = "https://voice.example.com/status"
            $0.faults.repeatsCallbacks = true
        }
        let answer = try await HTTPExchange.send(.POST, line.twilio.url + "/call?from=%2B441632960005", headers: [])
        #expect(answer.status == 201)
        #expect(answer.json?["direction"] == "inbound")
        #expect(answer.json?["from"] == "+441632960005")
        await line.twilio.waitForCalls()
        #expect(line.gateway.callbacks.map { $0["CallStatus"] } == ["completed", "completed"])

        line.twilio.update {
            $0.faults.repeatsCallbacks = false
            $0.faults.swapsCallbacks = true
        }
        #expect(try await line.post("Calls.json", Self.order).status == 201)
        await line.twilio.waitForCalls()
        let numbers = line.gateway.callbacks.dropFirst(2).map { $0["SequenceNumber"] }
        #expect(numbers == ["1", "0", "3", "2"])
        await line.stop()
    }
}
