import JSONText
import NIOHTTP1
import NIOPosix
import Simulators
import Testing

@Suite struct FakeToolServerTests {
    private func start(_ change: (inout ToolServerSettings) -> Void = { _ in }) async throws -> FakeToolServer {
        var settings = ToolServerSettings()
        settings.latency = 0
        change(&settings)
        return try await .start(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
    }

    @Test func `free times are given for a day and repeated keys are seen`() async throws {
        let tools = try await self.start()
        let headers = [("content-type", "application/json"), ("Idempotency-Key", "CA1:toolu_1")]
        for _ in 0..<2 {
            let answer = try await HTTPExchange.post(tools.url + "/find_slot", ["day": "Tuesday"], headers: headers)
            #expect(answer.json == ["day": "Tuesday", "slots": ["9:30", "14:00", "16:15"]])
        }
        #expect(tools.calls.map(\.idempotencyKey) == ["CA1:toolu_1", "CA1:toolu_1"])
        #expect(tools.calls.map(\.isRepeated) == [false, true])
        #expect(tools.calls.first?.body == ["day": "Tuesday"])
        let got = try await HTTPExchange.send(.GET, tools.url + "/find_slot?day=Friday", headers: [])
        #expect(got.json?["day"] == "Friday")
        await tools.stop()
    }

    @Test func `tools can fail`() async throws {
        let tools = try await self.start { $0.status = 500 }
        #expect(try await HTTPExchange.post(tools.url + "/find_slot", [:], headers: []).status == 500)
        await tools.stop()
    }
}
