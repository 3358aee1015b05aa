import JSONText
import RequestSigning
import Testing
import WebSocketTransport

@testable import GatewayCore

@Suite struct AdmissionTests {
    @Test func `A token admits one stream of its own call`() async throws {
        try await GatewayHarness.run { harness async throws in
            let document = try await harness.webhook("/twilio/voice").body
            let token = try #require(GatewayHarness.parameter("token", of: document))
            let thief = try await harness.stream(sid: "MZ9")
            thief.start(call: "CA2", parameters: ["token": token])
            #expect(try await thief.closeCode() == 1008)
            let stream = try await harness.stream()
            stream.start(call: "CA1", parameters: ["token": token])
            try await harness.eventually { $0.calls["CA1"]?.phase == .streaming }
            let again = try await harness.stream(sid: "MZ2")
            again.start(call: "CA1", parameters: ["token": token])
            #expect(try await again.closeCode() == 1008)
            #expect(try await harness.read { $0.calls["CA1"]?.phase == .streaming })
        }
    }

    @Test(arguments: [[:], ["token": ""], ["token": "rubbish"]])
    func `Without a good token there is no stream`(parameters: [String: String]) async throws {
        try await GatewayHarness.run { harness async throws in
            _ = try await harness.webhook("/twilio/voice")
            let stream = try await harness.stream()
            stream.start(call: "CA1", parameters: parameters)
            #expect(try await stream.closeCode() == 1008)
            #expect(try await harness.read { $0.calls["CA1"]?.phase == .prepared })
        }
    }

    @Test func `A wrong signature on the upgrade is 403`() async throws {
        try await GatewayHarness.run { harness async throws in
            await #expect(throws: WebSocketConnectError.self) {
                try await harness.stream(headers: [("X-Twilio-Signature", "AAAA")])
            }
            let right = TwilioSignature.sign(
                url: "wss://voice.example.com/twilio/media",
                form: [],
                token: GatewayHarness.authToken
            )
            _ = try await harness.stream(headers: [("X-Twilio-Signature", right)])
        }
    }

    @Test func `A stream that does not start is closed`() async throws {
        try await GatewayHarness.run { settings in
            settings.handshakeSeconds = 0
        } _: { harness async throws in
            let stream = try await harness.stream()
            #expect(try await stream.closeCode() == 1008)
        }
    }

    @Test func `Too much that cannot be read closes the stream`() async throws {
        try await GatewayHarness.run { harness async throws in
            let stream = try await harness.call()
            for _ in 0...MediaStreamStateMachine.maximumMalformedMessages { stream.send("{") }
            #expect(try await stream.closeCode() == 1007)
        }
    }

    @Test func `A message over the limit closes the stream`() async throws {
        try await GatewayHarness.run { settings in
            settings.maximumMessageBytes = 1000
        } _: { harness async throws in
            let stream = try await harness.stream()
            stream.send(String(repeating: "x", count: 1001))
            #expect(try await stream.closeCode() == 1009)
        }
    }

    @Test(arguments: ["MZ\n1", String(repeating: "M", count: 65), "MZ\"1"])
    func `A stream whose id is none is not admitted, and its token stays good`(sid: String) async throws {
        try await GatewayHarness.run { harness async throws in
            let document = try await harness.webhook("/twilio/voice", call: "CA1").body
            let token = GatewayHarness.parameter("token", of: document) ?? ""
            let strange = try await harness.stream(sid: sid)
            let escaped = String(JSONValue.string(sid).serialized().dropFirst().dropLast())
            strange.send(
                #"{"event":"start","streamSid":"\#(escaped)","start":{"streamSid":"\#(escaped)","callSid":"CA1","#
                    + #""customParameters":{"token":"\#(token)"}}}"#
            )
            #expect(try await strange.closeCode() == 1008)
            let stream = try await harness.stream()
            stream.start(call: "CA1", parameters: ["token": token])
            try await harness.eventually { $0.calls["CA1"]?.stream?.streamSID == "MZ1" }
        }
    }
}
