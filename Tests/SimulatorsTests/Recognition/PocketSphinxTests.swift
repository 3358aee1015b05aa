import FoundationEssentials
import Testing

@testable import Simulators

@Suite struct PocketSphinxTests {
    @Test func `words and times are read and fillers left out`() {
        let output = """
            hello i would like
            <s> 0.000 0.130 0.999600
            hello(2) 0.140 0.680 0.999300
            <sil> 0.690 0.850 0.852895
            i 0.860 1.050 0.729543
            [NOISE] 1.060 1.250 0.999100
            </s> 3.510 3.580 1.000000
            """
        #expect(
            PocketSphinx.words(in: output) == [
                WordTiming(text: "hello", start: 1120, end: 5440), WordTiming(text: "i", start: 6880, end: 8400),
            ]
        )
    }

    @Test(
        .enabled("pocketsphinx and flite are installed") {
            let voice = await ChildProcess.isInstalled("flite")
            let ear = await PocketSphinx.isInstalled()
            return voice && ear
        }
    )
    func `real speech is really recognised`() async throws {
        let library = VoiceLibrary(engine: .flite(voice: "rms"))
        let speech = await library.utterance("Hello, I would like to come on Tuesday, please.")
        let words = try await PocketSphinx().recognise(speech.audio)
        #expect(words.map(\.text).joined(separator: " ") == "hello i would like to come on tuesday please")
        #expect(words.allSatisfy { $0.start < $0.end && $0.end <= speech.audio.count })
    }

    @Test func `a program that is not there is told from one that fails`() async {
        await #expect(throws: ChildProcessError.notInstalled("no-such-program")) {
            try await ChildProcess.output(of: "no-such-program", arguments: [])
        }
        await #expect(throws: ChildProcessError.failed("false")) {
            try await ChildProcess.output(of: "false", arguments: [])
        }
    }

    @Test func `a child that takes too long is ended`() async {
        await #expect(throws: ChildProcessError.timedOut("sleep")) {
            try await ChildProcess.output(of: "sleep", arguments: ["60"], deadline: .milliseconds(50))
        }
    }

    @Test(arguments: 0..<12)
    func `a child can be given up at any time`(step: Int) async {
        let input = [UInt8](repeating: 7, count: 2_000_000)
        let task = Task { try await ChildProcess.output(of: "cat", arguments: ["@input"], input: input) }
        for _ in 0..<step * step * 20 { await Task.yield() }
        task.cancel()
        switch await task.result {
        case .success(let output): #expect(output == input)
        case .failure: break
        }
    }

    @Test func `input is read from a file that is gone afterwards`() async throws {
        let path = try await ChildProcess.output(of: "echo", arguments: ["-n", "@input"], input: [1])
        #expect(path.count > 10)
        #expect(!FileManager.default.fileExists(atPath: String(decoding: path, as: UTF8.self)))
        #expect(try await ChildProcess.output(of: "cat", arguments: ["@input"], input: [1, 2]) == [1, 2])
    }
}
