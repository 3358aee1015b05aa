import LLMWorkerCore
import Testing
import WorkerProtocol

@Suite("Pending history")
struct PendingHistoryTests {
    private func message(_ text: String) -> LanguageModelMessage {
        LanguageModelMessage(role: .user, content: [.text(text)])
    }

    @Test("frames of one generation add up, and are taken once")
    func addsUp() {
        var history = PendingHistory()
        history.received([message("a"), message("b")], generation: 1)
        history.received([message("c")], generation: 1)
        #expect(history.take(generation: 1) == [message("a"), message("b"), message("c")])
        #expect(history.take(generation: 1) == [])
    }

    @Test("another generation begins anew")
    func anotherGeneration() {
        var history = PendingHistory()
        history.received([message("a")], generation: 1)
        history.received([message("b")], generation: 2)
        #expect(history.take(generation: 1) == [])
        #expect(history.take(generation: 2) == [message("b")])
        history.received([message("c")], generation: 3)
        history.forget(generation: 2)
        history.forget(generation: 3)
        #expect(history.take(generation: 3) == [])
    }

    @Test("as many messages as allowed are taken, one more is too large")
    func messageLimit() {
        var history = PendingHistory()
        let most = Array(repeating: message("a"), count: PendingHistory.maximumMessages)
        history.received(most, generation: 1)
        #expect(history.take(generation: 1)?.count == most.count)
        history.received(most, generation: 2)
        history.received([message("a")], generation: 2)
        #expect(history.take(generation: 2) == nil)
    }

    @Test("as much text as allowed is taken, one byte more is too large")
    func byteLimit() {
        var history = PendingHistory()
        let most = message(String(repeating: "a", count: PendingHistory.maximumBytes))
        history.received([most], generation: 1)
        #expect(history.take(generation: 1)?.count == 1)
        history.received([most, message("a")], generation: 2)
        #expect(history.take(generation: 2) == nil)
    }
}
