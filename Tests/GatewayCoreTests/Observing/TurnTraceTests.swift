import Testing

@testable import GatewayCore

@Suite struct TurnTraceTests {
    @Test func `A whole turn has every stage`() {
        var trace = TurnTrace(turn: 1, lastSpeech: 100, committed: 400)
        trace.requested = 401
        trace.firstToken = 701
        trace.firstText = 703
        trace.firstAudio = 903
        trace.firstMedia = 904
        trace.firstHeard = 954
        let stages = Dictionary(uniqueKeysWithValues: trace.stages.map { ($0.stage, $0.nanoseconds) })
        #expect(
            stages == [
                .endOfTurn: 300, .request: 1, .model: 300, .text: 2, .speech: 200, .media: 1, .heard: 50,
                .response: 804,
            ]
        )
    }

    @Test func `Stages that are not known are left out`() {
        var trace = TurnTrace(turn: 1, lastSpeech: 100, committed: 400)
        trace.requested = 401
        trace.firstMedia = 900
        #expect(trace.stages.map(\.stage) == [.endOfTurn, .request, .response])
    }

    @Test func `A stage never takes less than no time`() {
        var trace = TurnTrace(turn: 1, lastSpeech: 500, committed: 400)
        trace.requested = 401
        #expect(trace.stages.map(\.stage) == [.request])
    }
}
