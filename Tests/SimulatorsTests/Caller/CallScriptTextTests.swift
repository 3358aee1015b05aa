import Simulators
import Testing

@Suite struct CallScriptTextTests {
    @Test func `every step is read`() throws {
        let steps = try CallScriptText.parse(
            """
            # a call
            wait
            say What are your   opening hours?
            wait 5
            barge 600 Sorry, one more thing.
            wav question.wav
            press 12#
            pause 250

            wait-hangup 7
            hangup
            """
        )
        #expect(
            steps == [
                .wait(seconds: 20), .say("What are your opening hours?"), .wait(seconds: 5),
                .barge(milliseconds: 600, "Sorry, one more thing."), .wav("question.wav"), .press("12#"),
                .pause(milliseconds: 250), .waitForHangUp(seconds: 7), .hangUp,
            ]
        )
    }

    @Test(arguments: ["sing", "say", "wait soon", "wait 0", "barge now hello", "barge 100", "press 12x", "pause"])
    func `what is wrong with a line is said with its number`(line: String) {
        let fault = #expect(throws: CallScriptText.Fault.self) { try CallScriptText.parse("hangup\n" + line) }
        #expect(fault?.line == 2)
    }
}
