import Simulators
import TelephonyAudio
import Testing

@Suite struct CallerScriptTests {
    /// A line of `milliseconds` of square wave between 100 ms of silence on either side.
    private func line(_ text: String, milliseconds: Int) -> SpokenLine {
        let silence = Array(repeating: MuLaw.silence, count: 800)
        let tone = (0..<milliseconds * 8).map { MuLaw.encode($0 / 10 % 2 == 0 ? 8000 : -8000) }
        return SpokenLine(text: text, audio: silence + tone + silence)
    }

    /// Runs a script against what the ear hears at each time; returns the events with their times.
    private func run(
        _ steps: [CallStep],
        milliseconds: Int,
        heard: (Int) -> CallerScript.Heard,
        clearedAt: Int? = nil
    ) -> [(time: Int, event: CallerScript.Event)] {
        var script = CallerScript(steps: steps)
        var events: [(time: Int, event: CallerScript.Event)] = []
        for now in stride(from: 20, through: milliseconds, by: 20) {
            if now == clearedAt { script.cleared() }
            let output = script.tick(at: now, heard: heard(now))
            #expect(output.frame.count == MuLaw.bytesPerFrame)
            events += output.events.map { (now, $0) }
        }
        return events
    }

    @Test func `a line knows where its speech begins and ends`() {
        let spoken = line("hello", milliseconds: 200)
        #expect(spoken.speechStart == 100)
        #expect(spoken.speechEnd == 300)
    }

    @Test func `say, wait for the reply, hang up`() {
        let events = run(
            [.say(line("hi", milliseconds: 200)), .waitForReply(timeoutMilliseconds: 5000), .hangUp],
            milliseconds: 4000,
            heard: { (1000..<1500).contains($0) ? .voice : .nothing }
        )
        #expect(
            events.map(\.event) == [
                .speechStarted(line: 0, isBargeIn: false), .speechEnded(line: 0), .replyStarted, .replyEnded,
                .finished(hangUp: true),
            ]
        )
        #expect(events.map(\.time) == [120, 300, 1000, 2380, 2380])
    }

    @Test func `audio queued before a barge-in is not taken for the answer`() {
        let steps: [CallStep] = [
            .bargeIn(afterMilliseconds: 400, line("stop", milliseconds: 200)), .waitForReply(timeoutMilliseconds: 5000),
        ]
        let events = run(
            steps,
            milliseconds: 5000,
            heard: { (200..<1200).contains($0) || (2000..<2400).contains($0) ? .voice : .nothing },
            clearedAt: 1200
        )
        #expect(
            events.map(\.event) == [
                .replyStarted, .speechStarted(line: 0, isBargeIn: true), .speechEnded(line: 0), .replyStarted,
                .replyEnded,
                .finished(hangUp: true),
            ]
        )
        #expect(events.map(\.time).prefix(4) == [200, 700, 880, 2000])
    }

    @Test func `a reply that never comes times the step out`() {
        let events = run(
            [.waitForReply(timeoutMilliseconds: 300), .hangUp],
            milliseconds: 1000,
            heard: { _ in .nothing }
        )
        #expect(events.map(\.event) == [.timedOut(step: 0), .finished(hangUp: true)])
    }

    @Test func `keys are pressed one by one`() {
        let events = run([.press("12#"), .pause(milliseconds: 100)], milliseconds: 1000, heard: { _ in .nothing })
        #expect(events.map(\.event) == [.key("1"), .key("2"), .key("#"), .finished(hangUp: true)])
        #expect(events.map(\.time).prefix(3) == [20, 220, 420])
    }
}
