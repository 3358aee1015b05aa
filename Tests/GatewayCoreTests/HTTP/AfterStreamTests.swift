import Testing

@testable import GatewayCore

@Suite struct AfterStreamTests {
    @Test(arguments: ["completed", "busy", "failed", "no-answer", "canceled"])
    func `A call that is over for Twilio is over here`(status: String) {
        #expect(AfterStream.decide(status: status, known: .live(resumptions: 0)) == .end(.empty))
        #expect(AfterStream.decide(status: status, known: .finished(.hungUp)) == .answer(.empty))
        #expect(AfterStream.decide(status: status, known: .nothing) == .answer(.empty))
        #expect(AfterStream.isFinal(status: status))
    }

    @Test func `A live call gets a new stream, but not for ever`() {
        #expect(AfterStream.decide(status: "in-progress", known: .live(resumptions: 0)) == .resume)
        #expect(AfterStream.decide(status: nil, known: .live(resumptions: 2)) == .resume)
        #expect(AfterStream.decide(status: "in-progress", known: .live(resumptions: 3)) == .end(.hangUp))
    }

    @Test func `What the agent decided is done`() {
        #expect(AfterStream.decide(status: "in-progress", known: .finished(.hungUp)) == .answer(.hangUp))
        #expect(
            AfterStream.decide(status: "in-progress", known: .finished(.transferred(destination: "+44")))
                == .answer(.dial("+44"))
        )
        #expect(AfterStream.decide(status: "in-progress", known: .finished(.over)) == .answer(.empty))
    }

    @Test func `A call nothing is left of begins anew, but not for ever`() {
        #expect(AfterStream.decide(status: "in-progress", known: .nothing) == .startOver(resumptions: 0))
        #expect(
            AfterStream.decide(status: "in-progress", known: .finished(.lost(resumptions: 2)))
                == .startOver(resumptions: 3)
        )
        #expect(
            AfterStream.decide(status: "in-progress", known: .finished(.lost(resumptions: 3))) == .answer(.hangUp)
        )
    }
}
