import NIOCore
import Rehearsal
import Simulators

/// What a measurement found.
struct BenchFigures {
    /// Added latency by stage, milliseconds, sorted.
    private(set) var stages: [(name: String, values: [Double])] = []

    /// From the caller's last audible sample to the agent's first, milliseconds, sorted.
    private(set) var voiceToVoice: [Int]

    /// Calls that did not go as scripted.
    private(set) var failed: Int

    /// CPU time of the four processes for each second of each call, milliseconds.
    var cpuPerCallSecond = 0.0

    /// Resident memory of the four processes before the calls, KiB.
    var idleKiB = 0

    /// Growth of resident memory at its peak for each call, KiB.
    var kibPerCall = 0

    /// Puts the simulators' records and the callers' reports together.
    ///
    /// - Parameters:
    ///   - rehearsal: what was rehearsed.
    ///   - reports: of the calls, in order.
    ///   - turns: how many turns each had.
    ///   - from: the first event of the measurement.
    init(rehearsal: Rehearsal, reports: [CallReport], turns: Int, from: Int) {
        let records = BenchRecords(rehearsal: rehearsal, from: from)
        var request: [Double] = []
        var speech: [Double] = []
        var media: [Double] = []
        for (call, report) in reports.enumerated() {
            for turn in 0..<turns {
                let trace = Trace(line: Bench.line(call: call, turn: turn), records: records, report: report)
                if let value = trace.finalToRequest { request.append(value) }
                if let value = trace.tokenToSpeech { speech.append(value) }
                if let value = trace.audioToMedia { media.append(value) }
            }
        }
        stages = [
            ("final transcript → LLM request", request.sorted()), ("first token → first text at TTS", speech.sorted()),
            ("first audio → first Twilio media", media.sorted()),
        ]
        voiceToVoice = reports.flatMap { $0.turns.dropFirst() }.compactMap(\.voiceToVoice).sorted()
        failed = reports.count { $0.end == .failed || !$0.timedOutSteps.isEmpty || !$0.violations.isEmpty }
    }

    /// Prints the figures.
    func show(on console: Console, calls: Int) {
        let count = "\(calls)".padded(to: 7)
        for stage in stages {
            let p50 = CallPrinter.decimal(Self.percentile(stage.values, 50)).padded(to: 9)
            let p95 = CallPrinter.decimal(Self.percentile(stage.values, 95)).padded(to: 9)
            console.line("\(count)\(stage.name.padded(to: 35))\(p50)\(p95)\(stage.values.count)")
        }
        let p50 = "\(CallSummary.percentile(voiceToVoice, 50))".padded(to: 9)
        let p95 = "\(CallSummary.percentile(voiceToVoice, 95))".padded(to: 9)
        console.line("\(count)\("caller stopped → agent heard".padded(to: 35))\(p50)\(p95)\(voiceToVoice.count)")
        console.line(
            "\(count)CPU \(CallPrinter.decimal(cpuPerCallSecond)) ms per call-second, memory \(kibPerCall) KiB per call "
                + "over \(idleKiB / 1024) MiB idle, calls not as scripted: \(failed)"
        )
    }

    private static func percentile(_ sorted: [Double], _ percent: Int) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }
}

/// The way of one turn through the processes, by what the simulators saw.
private struct Trace {
    var finalToRequest: Double?
    var tokenToSpeech: Double?
    var audioToMedia: Double?

    init(line: String, records: BenchRecords, report: CallReport) {
        let words = BenchRecords.plain(line)
        guard
            let asked = records.requests.first(where: { request in
                request.reply.map { BenchRecords.plain($0.text).contains(words) } ?? false
            })
        else { return }
        let finals = records.finals.values.first {
            BenchRecords.plain($0.map(\.text).joined(separator: " ")).contains(words)
        }
        if let final = finals?.last(where: { $0.time <= asked.arrival }) {
            finalToRequest = Self.milliseconds(from: final.time, to: asked.arrival)
        }
        let speech = records.speech.first { BenchRecords.plain($0.value.map(\.text).joined()).contains(words) }
        guard
            let token = records.firstTokens[asked.number], let speech,
            let spoken = speech.value.first(where: { $0.time >= token })
        else { return }
        tokenToSpeech = Self.milliseconds(from: token, to: spoken.time)
        guard
            let audio = records.firstAudio[speech.key]?.first(where: { $0 >= spoken.time }),
            let media = report.mediaArrivals.first(where: { $0 >= audio })
        else { return }
        audioToMedia = Self.milliseconds(from: audio, to: media)
    }

    private static func milliseconds(from: NIODeadline, to: NIODeadline) -> Double {
        Double((to - from).nanoseconds) / 1e6
    }
}

/// What the simulators recorded, by connection and request.
private struct BenchRecords {
    struct Timed {
        var text: String
        var time: NIODeadline
    }

    var requests: [ModelRequest]
    var firstTokens: [Int: NIODeadline] = [:]
    var finals: [Int: [Timed]] = [:]
    var speech: [Int: [Timed]] = [:]
    var firstAudio: [Int: [NIODeadline]] = [:]

    init(rehearsal: Rehearsal, from: Int) {
        let events = rehearsal.deepgram.events.all.filter { $0.sequence >= from }
        // The call held first said the same; only what came after it counts.
        let began = events.first?.time ?? .now()
        requests = rehearsal.anthropic.requests.filter { $0.arrival >= began }
        for recorded in rehearsal.anthropic.events.all {
            if case .firstDelta(let request) = recorded.event { firstTokens[request] = recorded.time }
        }
        for recorded in events {
            switch recorded.event {
            case .result(let connection, let text, _, true, _, _):
                finals[connection, default: []].append(Timed(text: text, time: recorded.time))
            case .speak(let connection, let text):
                speech[connection, default: []].append(Timed(text: text, time: recorded.time))
            case .firstAudioSent(let connection): firstAudio[connection, default: []].append(recorded.time)
            default: break
            }
        }
    }

    /// Lower-case words without punctuation.
    static func plain(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0 == " " }.split(separator: " ").joined(separator: " ")
    }
}
