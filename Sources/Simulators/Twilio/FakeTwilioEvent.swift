/// What a simulated Twilio saw or did.
package enum FakeTwilioEvent: Sendable, Equatable, CustomStringConvertible {
    /// A REST request was answered; `code` is Twilio's, of an error.
    case request(String, status: Int, code: Int?)

    /// A REST request was left unanswered or cut.
    case ignored(String, HandshakeFault)

    /// What Twilio's debugger would say of a request that was let through.
    case warning(callSID: String, String)

    /// A call came so far.
    case status(callSID: String, CallStatus)

    /// A call's first TwiML came.
    case answered(callSID: String, milliseconds: Int)

    /// Something of the script of the one at the other end.
    case script(callSID: String, CallerScript.Event, at: Int)

    /// The application emptied the queue.
    case cleared(callSID: String, at: Int)

    /// A call is over and its callbacks are delivered.
    case ended(callSID: String, CallReport.End, detail: String)

    package var description: String {
        switch self {
        case .request(let line, let status, let code): "\(line) → \(status)\(code.map { " (\($0))" } ?? "")"
        case .ignored(let line, let fault): "\(line) → \(fault)"
        case .warning(let sid, let text): "\(Self.short(sid)) warning: \(text)"
        case .status(let sid, let status): "\(Self.short(sid)) \(status.rawValue)"
        case .answered(let sid, let milliseconds): "\(Self.short(sid)) TwiML after \(milliseconds) ms"
        case .script(let sid, let event, let time): "\(Self.short(sid)) \(time) ms: \(event)"
        case .cleared(let sid, let time): "\(Self.short(sid)) \(time) ms: cleared"
        case .ended(let sid, let end, let detail): "\(Self.short(sid)) over: \(end.rawValue) \(detail)"
        }
    }

    /// Enough of a SID to tell calls apart, whether counted or random.
    private static func short(_ sid: String) -> String { "CA…" + sid.suffix(6) }
}
