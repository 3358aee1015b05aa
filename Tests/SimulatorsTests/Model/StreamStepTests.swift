import Testing

@testable import Simulators

@Suite struct StreamStepTests {
    private let steps = [
        StreamStep(wait: 5000, action: .send("event: a\ndata: {\"text\":\"Grüße\"}\n\n"), deltas: 0),
        StreamStep(wait: 20_000, action: .send("event: b\ndata: {}\n\n"), deltas: 1),
        StreamStep(wait: 0, action: .send("event: c\ndata: {}\n\n"), deltas: 2),
        StreamStep(wait: 0, action: .finish, deltas: 2),
    ]

    private func text(_ steps: [StreamStep]) -> String {
        steps.map { if case .send(let text) = $0.action { text } else { "" } }.joined()
    }

    @Test(arguments: 0..<20)
    func `splitting changes neither the text nor the whole time`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let split = StreamStep.split(self.steps, using: &generator)
        #expect(self.text(split) == self.text(self.steps))
        #expect(split.last == StreamStep(wait: split.last?.wait ?? 0, action: .finish, deltas: 2))
        let late = split.reduce(0) { $0 + $1.wait } - 25_000
        #expect((0...3 * StreamStep.splitGap).contains(late))
        #expect(split.map(\.deltas) == split.map(\.deltas).sorted())
    }

    @Test func `a fault ends the stream after its delta`() {
        let cut = StreamStep.cut(self.steps, by: .errorEvent(afterDeltas: 1), error: "E", wait: 7)
        #expect(cut.count == 4)
        #expect(cut[2] == StreamStep(wait: 7, action: .send("E"), deltas: 1))
        #expect(StreamStep.cut(self.steps, by: .stall(afterDeltas: 0), error: "", wait: 0).count == 2)
        #expect(StreamStep.cut(self.steps, by: .endOfFile(afterDeltas: 99), error: "", wait: 0) == self.steps)
        #expect(StreamStep.cut(self.steps, by: nil, error: "", wait: 0) == self.steps)
    }

    @Test func `pieces are short, whole characters and join to the text`() {
        var generator = SeededGenerator(seed: 4)
        let text = "Grüße 👩‍👩‍👧 aus dem Oak Dental, ganz herzlich."
        let pieces = DeltaCutter.cut(text, using: &generator)
        #expect(pieces.joined() == text)
        #expect(pieces.allSatisfy { (1...7).contains($0.count) })
    }
}
