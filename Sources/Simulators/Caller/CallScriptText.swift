/// A caller's script as people write it: one step a line.
///
/// ```
/// # comment
/// wait [SECONDS]             listen until the agent has spoken
/// say WORDS                  speak
/// barge MILLISECONDS WORDS   speak over the agent, so long after it began
/// wav FILE                   play a recording
/// press KEYS                 0-9 * #
/// pause MILLISECONDS         be silent
/// wait-hangup [SECONDS]      listen until the agent hangs up
/// hangup
/// ```
package enum CallScriptText {
    /// A step before its words have become sound.
    package enum Step: Sendable, Equatable {
        /// Speak these words.
        case say(String)

        /// Play the recording in this file.
        case wav(String)

        /// Speak these words over the agent.
        case barge(milliseconds: Int, String)

        /// Listen for the agent.
        case wait(seconds: Int)

        /// Press keys.
        case press(String)

        /// Be silent.
        case pause(milliseconds: Int)

        /// Listen until the other side ends the call.
        case waitForHangUp(seconds: Int)

        /// Hang up.
        case hangUp
    }

    /// What is wrong with a line.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        /// From 1.
        package let line: Int

        /// What is wrong and what is allowed.
        package let reason: String

        package var description: String { "line \(line): \(reason)" }
    }

    /// The words a step may begin with.
    private static let verbs = "wait, say, barge, wav, press, pause, wait-hangup, hangup"

    /// Reads a script.
    ///
    /// - Throws: ``Fault`` for the first line that cannot be read.
    package static func parse(_ text: String) throws(Fault) -> [Step] {
        var steps: [Step] = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = raw.split(whereSeparator: \.isWhitespace)
            guard let verb = words.first, !verb.hasPrefix("#") else { continue }
            let rest = words.dropFirst()
            do throws(Reason) {
                steps.append(try step(String(verb), rest: rest.map(String.init)))
            } catch {
                throw Fault(line: index + 1, reason: error.text)
            }
        }
        return steps
    }

    private struct Reason: Error { var text: String }

    private static func step(_ verb: String, rest: [String]) throws(Reason) -> Step {
        switch verb {
        case "wait": return .wait(seconds: try number(rest.first ?? "20", 1...600, of: "wait"))
        case "say": return .say(try joined(rest, of: "say"))
        case "wav": return .wav(try joined(rest, of: "wav"))
        case "barge":
            let delay = try number(rest.first ?? "", 0...60_000, of: "barge")
            return .barge(milliseconds: delay, try joined(Array(rest.dropFirst()), of: "barge"))
        case "press":
            let keys = try joined(rest, of: "press")
            guard keys.allSatisfy({ "0123456789*#".contains($0) }) else {
                throw Reason(text: "press takes the keys 0-9, * and #, not \"\(keys)\"")
            }
            return .press(keys)
        case "pause": return .pause(milliseconds: try number(rest.first ?? "", 1...600_000, of: "pause"))
        case "wait-hangup": return .waitForHangUp(seconds: try number(rest.first ?? "20", 1...600, of: "wait-hangup"))
        case "hangup": return .hangUp
        default: throw Reason(text: "\"\(verb)\" is no step; allowed: \(verbs)")
        }
    }

    private static func number(_ word: String, _ range: ClosedRange<Int>, of verb: String) throws(Reason) -> Int {
        guard let value = Int(word), range.contains(value) else {
            throw Reason(
                text: "\(verb) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(word)\""
            )
        }
        return value
    }

    private static func joined(_ words: [String], of verb: String) throws(Reason) -> String {
        guard !words.isEmpty else { throw Reason(text: "\(verb) needs something after it") }
        return words.joined(separator: " ")
    }
}
