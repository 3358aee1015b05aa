import JSONText
import Testing
import WorkerProtocol

@testable import GatewayCore

@Suite struct PreparedSpeechRendererTests {
    private static func isText(_ text: String) -> @Sendable (FakeWorker.Event) -> Bool {
        { event in if case .text(_, text) = event { true } else { false } }
    }

    private static func order(_ text: String) -> PreparedSpeechRenderer.Order {
        .init(text: text, voice: TextToSpeechSettings())
    }

    @Test func `A sentence that fails after it was taken back does not hold up the later ones`() async throws {
        try await GatewayHarness.run { harness async throws in
            _ = try await harness.read { $0.speeches.want([Self.order("First.")]) }
            let worker = try await harness.worker(.tts)
            try await worker.log.first(where: Self.isText("First."))
            let session = try await worker.session(of: "prepared-speech")
            _ = try await harness.read { $0.speeches.want([]) }
            let begin = try await worker.control("begin", session: session)
            let generation = try #require((begin["generation"]?.intValue).flatMap { UInt32(exactly: $0) })
            let failure = WorkerFailure(.unavailable, detail: "test")
            worker.send(TextToSpeechEvent.failed(generation: generation, failure).json, session: session)
            try await worker.control("close", session: session)
            _ = try await harness.read { $0.speeches.want([Self.order("Second.")]) }
            try await worker.log.first(where: Self.isText("Second."))
            await worker.kill()
        }
    }
}
