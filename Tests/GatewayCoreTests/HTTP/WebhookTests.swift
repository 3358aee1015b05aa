import HTTPServing
import NIOCore
import RequestSigning
import Testing

@testable import GatewayCore

@Suite struct WebhookTests {
    @Test func `A signed webhook is answered with a stream`() async throws {
        try await GatewayHarness.run { harness async throws in
            let answer = try await harness.webhook("/twilio/voice")
            #expect(answer.status == 200)
            #expect(answer.text.lowercased().contains("content-type: text/xml"))
            #expect(answer.body.contains("<Connect action=\"https://voice.example.com/twilio/after-stream\""))
            #expect(answer.body.contains("<Stream url=\"wss://voice.example.com/twilio/media\">"))
            #expect(GatewayHarness.parameter("agent", of: answer.body) == "receptionist")
            #expect(GatewayHarness.parameter("from", of: answer.body) == "+441632960001")
            #expect(GatewayHarness.parameter("to", of: answer.body) == "+441632960002")
            #expect(GatewayHarness.parameter("token", of: answer.body)?.isEmpty == false)
            #expect(try await harness.read { $0.calls.count } == 1)
        }
    }

    @Test func `A missing signature is 400 and a wrong one 403, and no call is made`() async throws {
        try await GatewayHarness.run { harness async throws in
            for target in ["/twilio/voice", "/twilio/status", "/twilio/after-stream"] {
                for (headers, status) in [([], 400), ([("X-Twilio-Signature", "AAAA")], 403)] {
                    let answer = try await HTTPProbe.request(
                        "POST",
                        target,
                        headers: headers + [("Content-Type", "application/x-www-form-urlencoded")],
                        body: "CallSid=CA1",
                        port: harness.server.port,
                        group: harness.group
                    )
                    #expect(answer.status == status)
                }
            }
            #expect(try await harness.read { $0.calls.count } == 0)
        }
    }

    @Test func `A repeated webhook is about the same call`() async throws {
        try await GatewayHarness.run { harness async throws in
            let first = try await harness.webhook("/twilio/voice")
            let second = try await harness.webhook("/twilio/voice")
            #expect(first.status == 200)
            #expect(second.status == 200)
            #expect(
                GatewayHarness.parameter("token", of: first.body) != GatewayHarness.parameter("token", of: second.body)
            )
            #expect(try await harness.read { $0.calls.count } == 1)
        }
    }

    @Test func `One call too many is refused as configured`() async throws {
        try await GatewayHarness.run { settings in
            settings.maximumCalls = 1
            settings.refusal = TwiML(document: "<Response><Say>Busy.</Say></Response>")
        } _: { harness async throws in
            _ = try await harness.webhook("/twilio/voice", call: "CA1")
            let refused = try await harness.webhook("/twilio/voice", call: "CA2")
            #expect(refused.body == "<Response><Say>Busy.</Say></Response>")
            #expect(try await harness.webhook("/twilio/voice", call: "CA1").body.contains("<Stream"))
        }
    }

    @Test func `A stopping gateway refuses new calls and keeps its own`() async throws {
        try await GatewayHarness.run { harness async throws in
            _ = try await harness.webhook("/twilio/voice", call: "CA1")
            _ = try await harness.read { $0.drain() }
            #expect(try await harness.webhook("/twilio/voice", call: "CA2").body.contains("<Reject"))
            #expect(try await harness.webhook("/twilio/voice", call: "CA1").body.contains("<Stream"))
            let idle = harness.gateway.eventLoop.flatSubmit { [gateway = harness.gateway] in gateway.value.idle() }
            _ = try await harness.webhook("/twilio/status", call: "CA1", status: "completed")
            try await idle.get()
        }
    }

    @Test func `The number called chooses the agent`() async throws {
        try await GatewayHarness.run { settings in
            settings.agents["night"] = AgentProfile(name: "night")
            settings.numbers["+441632960003"] = "night"
        } _: { harness async throws in
            let answer = try await harness.webhook("/twilio/voice", to: "+441632960003")
            #expect(GatewayHarness.parameter("agent", of: answer.body) == "night")
        }
    }

    @Test func `Another account's call is refused`() async throws {
        try await GatewayHarness.run { settings in
            settings.accountSID = "AC2"
        } _: { harness async throws in
            #expect(try await harness.webhook("/twilio/voice").status == 403)
        }
    }

    @Test func `A final status ends the call`() async throws {
        try await GatewayHarness.run { harness async throws in
            _ = try await harness.webhook("/twilio/voice")
            #expect(try await harness.webhook("/twilio/status", status: "in-progress").status == 204)
            #expect(try await harness.read { $0.calls.count } == 1)
            #expect(try await harness.webhook("/twilio/status", status: "completed").status == 204)
            #expect(try await harness.read { $0.calls.count } == 0)
            #expect(
                try await harness.webhook("/twilio/after-stream", status: "completed").body.hasSuffix(
                    "<Response></Response>"
                )
            )
        }
    }

    @Test func `A call whose stream never came is given up, and its token still admits it`() async throws {
        try await GatewayHarness.run { settings in
            settings.times.preparedCall = 30
        } _: { harness async throws in
            let document = try await harness.webhook("/twilio/voice").body
            try await harness.eventually { $0.calls.count == 0 }
            let stream = try await harness.stream()
            stream.start(call: "CA1", parameters: ["token": GatewayHarness.parameter("token", of: document) ?? ""])
            try await harness.eventually { $0.calls["CA1"]?.phase == .streaming }
        }
    }

    @Test func `A call unknown here is begun anew after its stream`() async throws {
        try await GatewayHarness.run { harness async throws in
            let answer = try await harness.webhook("/twilio/after-stream", status: "in-progress")
            #expect(answer.body.contains("<Stream"))
            #expect(try await harness.read { $0.calls.count } == 1)
            for _ in 0..<AfterStream.maximumResumptions {
                #expect(
                    try await harness.webhook("/twilio/after-stream", status: "in-progress").body.contains("<Stream")
                )
            }
            let last = try await harness.webhook("/twilio/after-stream", status: "in-progress")
            #expect(last.body.contains("<Hangup/>"))
            #expect(try await harness.read { $0.calls.count } == 0)
        }
    }

    @Test func `Other paths and methods are refused`() async throws {
        try await GatewayHarness.run { harness async throws in
            func status(_ method: String, _ target: String) async throws -> Int {
                try await HTTPProbe.request(method, target, port: harness.server.port, group: harness.group).status
            }
            #expect(try await status("GET", "/") == 404)
            #expect(try await status("GET", "/twilio/media/") == 404)
            #expect(try await status("GET", "/twilio/media") == 426)
            #expect(try await status("PUT", "/twilio/voice") == 405)
        }
    }

    @Test func `Health is for this machine itself`() async throws {
        try await GatewayHarness.run { harness async throws in
            func status(_ target: String, _ headers: [(String, String)] = []) async throws -> Int {
                try await HTTPProbe.request(
                    "GET",
                    target,
                    headers: headers,
                    port: harness.server.port,
                    group: harness.group
                ).status
            }
            #expect(try await status("/healthz") == 200)
            #expect(try await status("/readyz") == 200)
            #expect(try await status("/metrics") == 200)
            #expect(try await status("/metrics", [("X-Forwarded-For", "1.2.3.4")]) == 404)
            #expect(try await status("/metrics", [("Host", "voice.example.com")]) == 404)
            #expect(try await status("/metrics", [("Host", "other.example")]) == 404)
        }
    }

    @Test func `Without checks neither signature nor token is needed`() async throws {
        try await GatewayHarness.run { settings in
            settings.skipsSignature = true
        } _: { harness async throws in
            let answer = try await HTTPProbe.request(
                "POST",
                "/twilio/voice",
                headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: "CallSid=CA1&From=a&To=b",
                port: harness.server.port,
                group: harness.group
            )
            #expect(answer.body.contains("<Stream"))
            let known = try await harness.stream(sid: "MZ1")
            known.start(call: "CA1")
            let unknown = try await harness.stream(sid: "MZ2")
            unknown.start(call: "CA2")
            try await harness.eventually { gateway in
                ["CA1", "CA2"].allSatisfy { gateway.calls[$0]?.phase == .streaming }
            }
        }
    }
}
