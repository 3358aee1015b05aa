import JSONText
import Simulators
import TelephonyAudio

/// Keeps what a call was like: a stereo recording and a report.
enum CallFiles {
    /// Writes `call-N.wav` (left: the caller, right: what the caller heard) and `call-N.json`.
    static func write(_ report: CallReport, index: Int, to folder: String, console: Console) throws {
        try FileBytes.makeFolder(folder)
        let base = "\(folder)/call-\(index + 1)"
        let recording = WAVFile(stereoMuLaw: report.callerAudio, right: report.agentAudio)
        try FileBytes.write(recording.serialized(), to: base + ".wav")
        try FileBytes.write(Array((report.json.serializedPretty() + "\n").utf8), to: base + ".json")
        console.line("          \(base).wav (left: caller, right: agent), \(base).json")
    }
}

/// Has PocketSphinx write down what the agent said in each turn.
enum AgentListener {
    /// What was understood, a line for each turn that had an answer.
    static func transcribe(_ report: CallReport) async -> [String] {
        var lines: [String] = []
        for (index, turn) in report.turns.enumerated() {
            guard let start = turn.replyStart else { continue }
            let end = min(turn.replyEnd ?? report.duration, report.agentAudio.count / MuLaw.bytesPerMillisecond)
            guard start < end else { continue }
            let range = start * MuLaw.bytesPerMillisecond..<end * MuLaw.bytesPerMillisecond
            do {
                let words = try await PocketSphinx().recognise(Array(report.agentAudio[range]))
                lines.append("turn \(index): " + words.map(\.text).joined(separator: " "))
            } catch {
                lines.append("turn \(index): not understood (\(error))")
            }
        }
        return lines
    }
}

/// What a set of calls came to.
enum CallSummary {
    /// Whether every call went as a call should.
    static func isClean(_ reports: [CallReport]) -> Bool {
        reports.allSatisfy { $0.end != .failed && $0.violations.isEmpty && $0.timedOutSteps.isEmpty }
    }

    /// Prints a line for one call, or the figures of many.
    static func print(_ reports: [CallReport], on console: Console) {
        for report in reports where reports.count == 1 || report.end == .failed {
            let detail = report.detail.isEmpty ? "" : " (\(report.detail))"
            console.line(
                "          \(report.end.rawValue.replacing("_", with: " "))\(detail) after "
                    + CallPrinter.time(report.duration).drop { $0 == " " }
            )
        }
        for violation in Set(reports.flatMap(\.violations).map(\.description)).sorted() {
            console.line(console.paint("          carrier's complaint: \(violation)", .red))
        }
        let latencies = reports.flatMap { $0.turns.dropFirst() }.compactMap(\.voiceToVoice).sorted()
        let failed = reports.count { $0.end == .failed || !$0.timedOutSteps.isEmpty }
        console.line(
            "          \(reports.count) calls, \(failed) not as scripted; caller stopped → agent heard "
                + "p50 \(percentile(latencies, 50)) ms, p95 \(percentile(latencies, 95)) ms over \(latencies.count) turns"
        )
    }

    /// The value at a percentile of sorted values, or 0 for none.
    static func percentile(_ sorted: [Int], _ percent: Int) -> Int {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }
}
