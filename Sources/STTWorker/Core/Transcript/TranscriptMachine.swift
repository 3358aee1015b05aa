package import WorkerProtocol

/// Makes the events of the link out of the provider's results, and decides when the caller's turn is over.
///
/// Deepgram listen v1, semantics: the settled results up to one with `speech_final` are a turn. An empty `speech_final`
/// ends it too; `UtteranceEnd` is the backstop where noise hides the silence; `Finalize` is answered or not. A turn is
/// ended once and only if something was settled in it.
///
/// ```
///  nothing settled ──final──▶ settled ──speech_final, UtteranceEnd, answer to Finalize──▶ nothing settled
/// ```
package struct TranscriptMachine: Sendable {
    /// How far two positions may differ and still mean the same moment: 50 ms.
    static let toleranceBytes: Int64 = 400
    /// How much more audio may be sent before an answer can no longer be about words settled by us: 10 s.
    static let stitchBytes: Int64 = 80_000

    /// How far the caller's audio is transcribed for good, as a position.
    package private(set) var settledPosition: Int64 = 0
    /// Whether a Finalize is to be sent: the caller has finished, but the last words are not settled.
    package private(set) var wantsFinalize = false

    /// Why an answer to Finalize is awaited; nil if none is.
    private var finalizing: EndOfTurnReason?

    private var hasPendingFinals = false
    private var interim: (text: String, end: Int64)?
    /// Where the last word heard since the last end of turn ends.
    private var lastWordEnd: Int64?
    private var lastSpeechStart: Int64?
    /// Where the words end that were settled by us because the provider did not in time.
    private var stitchedEnd: Int64?

    /// The state of a new session.
    package init() {}

    /// Whether an answer to Finalize is awaited.
    package var isFinalizing: Bool { finalizing != nil }

    /// Takes a message of the provider.
    ///
    /// - Parameters:
    ///   - message: what came.
    ///   - clock: the clock of the connection it came on.
    /// - Returns: what to tell the gateway, in order.
    package mutating func received(_ message: ListenMessage, clock: StreamClock) -> [SpeechToTextEvent] {
        switch message {
        case .results(let results) where results.channel == 0:
            return resultsReceived(results, clock: clock)
        case .speechStarted(let timestamp):
            return speechStarted(at: clock.position(at: timestamp))
        case .utteranceEnd(let lastWordEnd):
            return utteranceEnded(lastWordEnd: lastWordEnd, clock: clock)
        case .results, .metadata, .complaint, .unknown, .malformed:
            return []
        }
    }

    /// A Finalize was sent, for the reason given: its answer, or the next end of turn, is awaited.
    package mutating func finalizeSent(_ reason: EndOfTurnReason = .finalize) {
        finalizing = reason
        wantsFinalize = false
    }

    /// The answer to a Finalize did not come in time, or the stream is over: settles what is there.
    ///
    /// - Returns: what to tell the gateway; nothing if nothing was said.
    package mutating func settle() -> [SpeechToTextEvent] {
        let reason = finalizing ?? .finalize
        finalizing = nil
        var events: [SpeechToTextEvent] = []
        if let interim {
            self.interim = nil
            stitchedEnd = interim.end
            hasPendingFinals = true
            events.append(.final(text: interim.text))
        }
        return events + endTurn(reason)
    }

    /// The connection is gone: what was not settled will be heard again on the next one.
    package mutating func connectionLost() {
        interim = nil
        wantsFinalize = false
        lastWordEnd = nil
        lastSpeechStart = nil
    }

    // MARK: - Results

    private mutating func resultsReceived(_ results: ListenResults, clock: StreamClock) -> [SpeechToTextEvent] {
        let end = clock.position(at: results.start + results.duration)
        if let stitchedEnd, clock.sentPosition > stitchedEnd + Self.stitchBytes { self.stitchedEnd = nil }
        if let wordEnd = results.lastWordEnd {
            lastWordEnd = max(lastWordEnd ?? 0, clock.position(at: wordEnd))
        }
        // One page of the provider shows speech_final without is_final: such words are settled as well.
        guard results.isFinal || results.isSpeechFinal else {
            return interimReceived(results.transcript, end: end)
        }
        var events: [SpeechToTextEvent] = []
        let text = unspoken(results, clock: clock, end: end)
        if !text.isEmpty {
            hasPendingFinals = true
            events.append(.final(text: text))
        } else if interim != nil {
            // The words shown so far turned out to be none.
            events.append(.interim(text: ""))
        }
        interim = nil
        settledPosition = max(settledPosition, end)
        if results.isSpeechFinal {
            events += endTurn(.speechFinal)
        } else if results.isFromFinalize, let reason = finalizing {
            finalizing = nil
            events += endTurn(reason)
        }
        return events
    }

    private mutating func interimReceived(_ text: String, end: Int64) -> [SpeechToTextEvent] {
        if let stitchedEnd, end <= stitchedEnd + Self.toleranceBytes { return [] }
        guard !text.isEmpty, text != interim?.text else { return [] }
        interim = (text, end)
        return [.interim(text: text)]
    }

    /// The settled text, less the words that we settled before the provider did.
    private mutating func unspoken(_ results: ListenResults, clock: StreamClock, end: Int64) -> String {
        guard let stitchedEnd else { return results.transcript }
        self.stitchedEnd = nil
        let limit = stitchedEnd - Self.toleranceBytes
        guard clock.position(at: results.start) < limit else { return results.transcript }
        if end <= stitchedEnd + Self.toleranceBytes { return "" }
        guard !results.words.isEmpty else { return results.transcript }
        return results.words.filter { clock.position(at: $0.start) >= limit }.map(\.text).joined(separator: " ")
    }

    // MARK: - Turns

    private mutating func speechStarted(at position: Int64) -> [SpeechToTextEvent] {
        guard position != lastSpeechStart else { return [] }
        lastSpeechStart = position
        return [.speechStarted]
    }

    private mutating func utteranceEnded(lastWordEnd end: Double, clock: StreamClock) -> [SpeechToTextEvent] {
        // -1: everything was settled before.
        guard end >= 0 else { return [] }
        // Older than a word heard since: the caller has gone on.
        if let lastWordEnd, clock.position(at: end) < lastWordEnd - Self.toleranceBytes { return [] }
        guard interim == nil else {
            // Words that are not settled belong to the turn: they are to be settled first.
            wantsFinalize = finalizing == nil
            return []
        }
        return endTurn(.utteranceEnd)
    }

    private mutating func endTurn(_ reason: EndOfTurnReason) -> [SpeechToTextEvent] {
        guard hasPendingFinals else { return [] }
        hasPendingFinals = false
        finalizing = nil
        wantsFinalize = false
        lastWordEnd = nil
        return [.endOfTurn(reason)]
    }
}
