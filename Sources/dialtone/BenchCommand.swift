import ArgumentParser
import LocalStack
import NIOCore
import Rehearsal
import Simulators

/// `dialtone bench`: what the four processes add to a call, and what a call costs.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the latency the processes add and the CPU time and memory of a call, offline.",
        discussion: "Run it from an optimised build (`make bench`)."
    )

    @Option(help: "How many calls at once; repeat it for more than one measurement.")
    var calls: [Int] = [1, 50]

    @Option(help: "Turns a call has.")
    var turns = 4

    func validate() throws {
        for count in calls where !(1...500).contains(count) {
            throw ValidationError("--calls takes numbers from 1 to 500")
        }
        guard (1...20).contains(turns) else { throw ValidationError("--turns takes a number from 1 to 20") }
    }

    func run() async throws {
        let console = Console()
        let binaries = try ExecutableFolder.find()
        let voice = await VoiceLibrary.automatic()
        console.line("calls  stage                              p50 ms   p95 ms   samples")
        for count in calls {
            var options = Rehearsal.Options(binaries: binaries)
            options.brain = .echo
            options.voice = voice
            options.logLevel = "warning"
            options.deepgram.listenLimit = 1000
            options.deepgram.speakLimit = 1000
            options.anthropic.requestsPerMinute = 100_000
            options.host = "limits: { calls: 1000 }"
            let rehearsal = try await Rehearsal.start(options)
            let bench = Bench(rehearsal: rehearsal, count: count, turns: turns)
            let figures = try await bench.run()
            await rehearsal.stop()
            figures.show(on: console, calls: count)
        }
    }
}

/// One measurement: so many calls at once through a rehearsed stack.
struct Bench {
    let rehearsal: Rehearsal
    let count: Int
    let turns: Int

    private static let numbers = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]

    /// First words that sound different from the start, so that nobody is taken for somebody else.
    private static let names = [
        "apple", "brandy", "castle", "dolphin", "engine", "forest", "garden", "hammer", "island", "jacket", "kitchen",
        "ladder", "mountain", "needle", "orange", "pencil", "quarter", "river", "summer", "table", "uncle", "village",
        "window", "yellow", "zebra", "bottle", "carpet", "dinner", "evening", "finger", "guitar", "honey", "insect",
        "jungle", "kettle", "lemon", "marble", "number", "office", "paper", "queen", "rabbit", "silver", "tiger",
        "under", "velvet", "winter", "yesterday", "zero", "butter",
    ]

    /// What caller `call` says in turn `turn`; no two say the same.
    static func line(call: Int, turn: Int) -> String {
        let round = call < names.count ? "" : numbers[call / names.count % numbers.count] + " "
        return "\(names[call % names.count]) \(round)has question \(numbers[turn])."
    }

    func run() async throws -> BenchFigures {
        let renderer = CallScriptRenderer(voice: rehearsal.voice, readFile: { try FileBytes.read($0) })
        var scripts: [[CallStep]] = []
        for call in 0..<count {
            var text: [CallScriptText.Step] = [.wait(seconds: 20)]
            for turn in 0..<turns { text += [.say(Self.line(call: call, turn: turn)), .wait(seconds: 20)] }
            scripts.append(try await renderer.render(text + [.hangUp]))
        }
        let rendered = scripts
        // One call first, so that lazily made things are not counted as a call's cost.
        _ = try await CallParty.hold(
            count: 1,
            configuration: rehearsal.configuration(),
            steps: { rendered[$0] }
        )
        let processes = ["gateway", "stt-1", "llm-1", "tts-1"].compactMap { rehearsal.stack.processIdentifier(of: $0) }
        let before = ProcessCost.of(processes)
        let peak = Task { await Self.peakMemory(of: processes) }
        let sequence = rehearsal.deepgram.events.next
        let reports = try await CallParty.hold(
            count: count,
            configuration: rehearsal.configuration(),
            steps: { rendered[$0] }
        )
        let after = ProcessCost.of(processes)
        peak.cancel()
        let seconds = reports.reduce(0.0) { $0 + Double($1.duration) / 1000 }
        var figures = BenchFigures(rehearsal: rehearsal, reports: reports, turns: turns, from: sequence)
        figures.cpuPerCallSecond = (after.cpuMilliseconds - before.cpuMilliseconds) / max(1, seconds)
        figures.idleKiB = before.residentKiB
        figures.kibPerCall = (await peak.value - before.residentKiB) / count
        return figures
    }

    private static func peakMemory(of processes: [Int32]) async -> Int {
        var peak = 0
        while !Task.isCancelled {
            peak = max(peak, ProcessCost.of(processes).residentKiB)
            try? await Task.sleep(for: .milliseconds(250))
        }
        return max(peak, ProcessCost.of(processes).residentKiB)
    }
}
