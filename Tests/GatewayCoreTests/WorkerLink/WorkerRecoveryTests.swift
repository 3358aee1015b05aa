import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct WorkerRecoveryTests {
    private static let frame = [UInt8](repeating: 0x42, count: 160)

    @Test func `A dead worker's call goes on at another instance, with the audio nobody has settled`() async throws {
        try await GatewayHarness.run { harness async throws in
            let first = try await harness.worker(.stt, instance: "1")
            try await harness.linked([.stt])
            let stream = try await harness.call()
            let session = try await first.session(of: "CA1")
            stream.media(Self.frame, timestamp: 100)
            try await first.log.first { $0 == .audio(session: session, Self.frame) }
            let second = try await harness.worker(.stt, instance: "2")
            try await harness.linked([.stt], count: 2)
            await first.kill()
            let moved = try await second.session(of: "CA1")
            try await second.log.first { $0 == .audio(session: moved, Self.frame) }
            #expect(try await harness.read { $0.calls["CA1"]?.phase == .streaming })
            await second.kill()
        }
    }

    @Test func `A worker that comes back under the same name takes the call again`() async throws {
        try await GatewayHarness.run { harness async throws in
            let first = try await harness.worker(.tts)
            try await harness.linked([.tts])
            _ = try await harness.call()
            _ = try await first.session(of: "CA1")
            await first.kill()
            let again = try await harness.worker(.tts)
            _ = try await again.session(of: "CA1")
            await again.kill()
        }
    }

    @Test func `A full worker's refusal leads to the next instance`() async throws {
        try await GatewayHarness.run { harness async throws in
            let full = try await harness.worker(.llm, instance: "1", behaviour: .init(refuses: true))
            let free = try await harness.worker(.llm, instance: "2")
            try await harness.linked([.llm], count: 2)
            _ = try await harness.webhook("/twilio/voice")
            _ = try await free.session(of: "CA1")
            try await harness.eventually { $0.calls["CA1"]?.sessions[.llm]?.instance == "2" }
            await full.kill()
            await free.kill()
        }
    }

    @Test func `A session that failed is opened at another instance, loaded or not`() async throws {
        try await GatewayHarness.run { harness async throws in
            let failing = try await harness.worker(.stt, instance: "1")
            try await harness.linked([.stt])
            _ = try await harness.webhook("/twilio/voice", call: "CA1")
            let session = try await failing.session(of: "CA1")
            let healthy = try await harness.worker(.stt, instance: "2")
            try await harness.linked([.stt], count: 2)
            _ = try await harness.webhook("/twilio/voice", call: "CA2")
            _ = try await healthy.session(of: "CA2")
            let failure = WorkerFailure(.unavailable, detail: "test")
            failing.send(SessionMessage.failed(failure).json, session: session)
            _ = try await healthy.session(of: "CA1")
            await failing.kill()
            await healthy.kill()
        }
    }

    @Test func `Calls are spread over the instances`() async throws {
        try await GatewayHarness.run { harness async throws in
            let workers = [
                try await harness.worker(.llm, instance: "1"), try await harness.worker(.llm, instance: "2"),
            ]
            try await harness.linked([.llm], count: 2)
            for index in 0..<4 { _ = try await harness.webhook("/twilio/voice", call: "CA\(index)") }
            try await harness.eventually { gateway in
                ["1", "2"].allSatisfy { name in
                    (0..<4).count { gateway.calls["CA\($0)"]?.sessions[.llm]?.instance == name } == 2
                }
            }
            for worker in workers { await worker.kill() }
        }
    }

    @Test func `A worker that accepts and says nothing is not used`() async throws {
        try await GatewayHarness.run { harness async throws in
            let mute = try await harness.worker(.stt, instance: "1", behaviour: .init(saysHello: false))
            let good = try await harness.worker(.stt, instance: "2")
            try await harness.linked([.stt])
            try await mute.log.first { $0 == .unlinked }
            _ = try await harness.webhook("/twilio/voice")
            _ = try await good.session(of: "CA1")
            #expect(try await harness.read { $0.pool.openLinks(.stt) } == 1)
            await mute.kill()
            await good.kill()
        }
    }

    @Test func `A call made before its worker is there gets it when it comes`() async throws {
        try await GatewayHarness.run { harness async throws in
            _ = try await harness.webhook("/twilio/voice")
            let late = try await harness.worker(.stt)
            _ = try await late.session(of: "CA1")
            await late.kill()
        }
    }

    @Test func `A broken frame ends the session, and a broken length the link`() async throws {
        try await GatewayHarness.run { harness async throws in
            let worker = try await harness.worker(.stt)
            try await harness.linked([.stt])
            _ = try await harness.webhook("/twilio/voice")
            let session = try await worker.session(of: "CA1")
            let index = worker.log.all.count
            worker.send(garbage: "{", session: session)
            try await worker.control("close", session: session, after: index)
            let next = try await worker.session(of: "CA1", after: index)
            #expect(next != session)
            worker.send(raw: [0xFF, 0xFF, 0xFF, 0xFF, 1])
            try await worker.log.first { $0 == .unlinked }
            try await harness.linked([.stt])
            await worker.kill()
        }
    }
}
